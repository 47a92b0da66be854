// SPDX-License-Identifier: GPL-3.0-or-later
// Drawings written down as text, for tests that need many.
#pragma once
#include "core/graph/block_library.h"
#include "core/graph/problem.h"

#include <string>
#include <string_view>
#include <vector>

namespace gradlens::test {

// A line a node: "conv1 = Conv2D(image) filters=8 kernel=3,3". In brackets what feeds its inputs in order: a name, a
// name and the number of an output ("split.1"), or _ for nothing. "Labels" is an Input of class labels. Attributes are
// as forms show them; what does not parse is taken as text.
ModelGraph drawn(std::string_view text);

// The problems at a node called so ("" for the whole drawing).
std::vector<Problem> problemsAt(const std::vector<Problem>& problems, const ModelGraph& graph, const std::string& name);

}  // namespace gradlens::test
