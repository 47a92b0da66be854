// SPDX-License-Identifier: GPL-3.0-or-later
// A problem as rich text for tooltips. Any thread.
#pragma once
#include "core/graph/problem.h"

#include <QString>

namespace gradlens {

// Message, both sides, hint, where it is written, and the first fix with its key.
QString problemTip(const Problem& problem);

}  // namespace gradlens
