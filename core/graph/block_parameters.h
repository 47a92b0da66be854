// SPDX-License-Identifier: GPL-3.0-or-later
// The parameters of a block inside its drawing. Text that begins with '$' is an expression: a parameter alone
// ("$activation") stands for its value whatever its type; otherwise numbers and parameters with + - * / and brackets.
// Division is exact or real: 6/4 is 1.5. Pure functions.
#pragma once
#include "core/ops/catalogue/attributes.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gradlens {

bool isExpression(const AttributeValue& value);
// The value of an expression, a whole number where the result is one; nothing, and why, for what cannot be evaluated.
std::optional<AttributeValue> evaluated(const std::string& expression, const Attributes& parameters,
                                        std::string* message);

// The names that an expression mentions, each once.
std::vector<std::string> namesIn(const std::string& expression);
std::string withRenamed(const std::string& expression, std::string_view name, std::string_view newName);
// With values in place of parameters, some of which may be expressions of other parameters: a plain value where none is
// left, else an expression of those.
AttributeValue withParameters(const std::string& expression, const Attributes& values);

}  // namespace gradlens
