// SPDX-License-Identifier: GPL-3.0-or-later
// Which ops a typed word may mean, best first. Pure function.
#pragma once
#include "core/ops/catalogue/catalogue.h"

#include <QString>

#include <vector>

namespace gradlens {

// Every word of `text` must be found: at the start of the name, at the start of one of its parts ("2D", "Pool"), inside
// the name, in the category, in the summary, in that order of worth. Empty text: all, in the palette's order.
std::vector<const OpDefinition*> searchOps(const OpCatalogue& catalogue, const QString& text);

}  // namespace gradlens
