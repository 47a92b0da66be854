// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/support_errors.h"

namespace gradlens {

Error errorOf(const std::function<void()>& body) {
    try {
        body();
    } catch (const Error& error) {
        return error;
    }
    return Error("no error");
}

bool says(const Error& error, std::string_view words) {
    return std::string_view(error.what()).find(words) != std::string_view::npos;
}

}  // namespace gradlens
