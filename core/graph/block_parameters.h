// SPDX-License-Identifier: GPL-3.0-or-later
// The parameters of a block inside its drawing. Text that begins with '$' is an expression: a parameter alone
// ("$activation") stands for its value whatever its type; otherwise numbers and parameters with + - * / and brackets.
// Division is exact or real: 6/4 is 1.5. Pure functions.
#pragma once
#include "core/ops/catalogue/attributes.h"

#include <optional>
#include <string>

namespace gradlens {

bool isExpression(const AttributeValue& value);
// The value of an expression, a whole number where the result is one; nothing, and why, for what cannot be evaluated.
std::optional<AttributeValue> evaluated(const std::string& expression, const Attributes& parameters,
                                        std::string* message);

}  // namespace gradlens
