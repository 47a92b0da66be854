// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/problems_error.h"

#include <algorithm>
#include <cassert>

namespace gradlens {

namespace {
const Problem& firstError(const std::vector<Problem>& problems) {
    const auto found = std::ranges::find(problems, Severity::Error, &Problem::severity);
    assert(found != problems.end());
    return *found;
}
}  // namespace

ProblemsError::ProblemsError(std::vector<Problem> problems)
    : Error(firstError(problems).message, "the drawing cannot be trained", firstError(problems).hint),
      m_problems(std::move(problems)) {}

}  // namespace gradlens
