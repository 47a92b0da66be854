// SPDX-License-Identifier: GPL-3.0-or-later
// The one exception type for faults a user can cause: a file that is cut short, a dataset that is not there, a
// disk that is full. Programming errors assert instead.
#pragma once
#include <stdexcept>
#include <string>

namespace gradlens {

// what happened, where (a file, a node, a row), and what the user can do about it. what() joins the three into one
// message: "where: what. hint".
class Error : public std::runtime_error {
public:
    Error(std::string what, std::string where = {}, std::string hint = {});

    const std::string& problem() const { return m_problem; }
    const std::string& where() const { return m_where; }
    const std::string& hint() const { return m_hint; }

private:
    std::string m_problem;
    std::string m_where;
    std::string m_hint;
};

}  // namespace gradlens
