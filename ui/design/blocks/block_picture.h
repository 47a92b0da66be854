// SPDX-License-Identifier: GPL-3.0-or-later
// A small picture of what is inside a block, for the tip of its card: one sees what one would open. Pure function of
// its arguments and the theme; GUI thread.
#pragma once
#include "core/graph/block.h"

#include <QImage>
#include <QString>

namespace gradlens {

QImage blockPicture(const Block& block, const OpCatalogue& catalogue, double devicePixelRatio);
// The same inside rich text.
QString blockPictureTip(const Block& block, const OpCatalogue& catalogue);

}  // namespace gradlens
