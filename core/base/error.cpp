// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"

namespace gradlens {

namespace {
std::string joined(const std::string& what, const std::string& where, const std::string& hint) {
    std::string message = where.empty() ? what : where + ": " + what;
    if (!hint.empty()) message += (message.ends_with('.') ? " " : ". ") + hint;
    return message;
}
}  // namespace

Error::Error(std::string what, std::string where, std::string hint)
    : std::runtime_error(joined(what, where, hint)),
      m_problem(std::move(what)),
      m_where(std::move(where)),
      m_hint(std::move(hint)) {}

}  // namespace gradlens
