// SPDX-License-Identifier: GPL-3.0-or-later
// Pooling over everything behind the channels: batch x channels x ... becomes batch x channels.
#pragma once
#include "core/kernels/softmax.h"
#include "core/ops/catalogue/python_text.h"

#include <algorithm>

namespace gradlens {

// The maps of an input: how many there are, and of how many elements.
struct MapLayout {
    std::int64_t maps, elements;
    explicit MapLayout(const Shape& input) : maps(input[0] * input[1]), elements(input.slice(2).elements()) {}
    // Maps a tile.
    std::int64_t grain() const {
        return std::max<std::int64_t>(1, (std::int64_t{1} << 15) / std::max<std::int64_t>(elements, 1));
    }
};

// Ports, category, inference, cost and samples; functions and texts are the op's own.
OpDefinition globalPoolOp();
// "torch.mean(x, dim=(2, 3))"
SourceCode globalPoolSource(const SourceCall& call, const char* function, const char* axes);

}  // namespace gradlens
