// SPDX-License-Identifier: GPL-3.0-or-later
// What can be done about a problem, as entries of a menu: its fixes, and to silence its rule. GUI thread only.
#pragma once
#include "ui/models/design_document.h"

#include <vector>

class QMenu;

namespace gradlens {

// The fixes of these problems, then what silences advice.
// The document must outlive the menu. False, and nothing is added, when nothing can be done.
bool addFixes(QMenu& menu, DesignDocument& document, const std::vector<Problem>& problems);
// Of the problems at a node, or of the drawing as a whole.
std::vector<Problem> problemsOf(const DesignDocument& document, NodeId node);

}  // namespace gradlens
