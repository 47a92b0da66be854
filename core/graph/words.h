// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers, shapes and attributes as people read them, in UTF-8. Pure functions, the same in every locale.
#pragma once
#include "core/ops/catalogue/op.h"

#include <string>

namespace gradlens::words {

// "1,204", "1.20M", "3.40G": three significant digits from ten thousand on.
std::string compactNumber(double value);
// "31.5 MFLOP" (with a space that does not break): a number with a prefix and a unit.
std::string scaled(double value, const std::string& unit);
// "320 params", "1 param"; empty for none.
std::string parameters(std::int64_t count);
// "32×26×26" of a sample; with a batch axis "N×32×26×26"; a scalar is "scalar".
std::string shape(const Shape& shape, bool batchAxis = true);
// What tells one layer from another of its op: "64 filters, 3×3", "rate 0.5". The first attribute, the kernel, and
// whatever differs from the default. Attributes are completed().
std::string summary(const OpDefinition& op, const Attributes& attributes);
// The same for a single value: lists of sizes read "3×3".
std::string value(const AttributeValue& value);

}  // namespace gradlens::words
