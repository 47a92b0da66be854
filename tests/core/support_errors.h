// SPDX-License-Identifier: GPL-3.0-or-later
// What a fault says, for tests of messages.
#pragma once
#include "core/base/error.h"

#include <functional>
#include <string_view>

namespace gradlens {

// The Error that body throws, or one that says "no error".
Error errorOf(const std::function<void()>& body);
bool says(const Error& error, std::string_view words);

}  // namespace gradlens
