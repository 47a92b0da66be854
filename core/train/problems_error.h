// SPDX-License-Identifier: GPL-3.0-or-later
// A drawing that cannot run, as an Error that carries its problems.
#pragma once
#include "core/base/error.h"
#include "core/graph/analysis.h"

#include <vector>

namespace gradlens {

class ProblemsError : public Error {
public:
    // problems has at least one of severity Error; the first becomes the message.
    explicit ProblemsError(std::vector<Problem> problems);
    const std::vector<Problem>& problems() const { return m_problems; }

private:
    std::vector<Problem> m_problems;
};

}  // namespace gradlens
