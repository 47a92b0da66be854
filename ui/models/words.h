// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers as people read them. Pure functions.
#pragma once
#include "core/ops/catalogue/op.h"

#include <QString>

namespace gradlens {

// "1 layer", "3 layers".
QString counted(qsizetype count, const QString& noun);
// "1,204", "1.20M", "3.40G": three significant digits from ten thousand on.
QString compactNumber(double value);
// "320 params", "1 param"; empty for none.
QString parameterText(std::int64_t count);
// "31.5 MFLOP"; empty for none.
QString flopsText(double flops);
// "18.9 MB".
QString bytesText(double bytes);
// "32×26×26" of a sample; with a batch axis "N×32×26×26"; a scalar is "scalar".
QString shapeText(const Shape& shape, bool batchAxis = true);
// What tells one layer from another of its op: "64 filters, 3×3", "rate 0.5". The first attribute, the kernel, and
// whatever differs from the default. Attributes are completed().
QString attributeSummary(const OpDefinition& op, const Attributes& attributes);
// The same for a single value: lists of sizes read "3×3".
QString valueText(const AttributeValue& value);

}  // namespace gradlens
