// SPDX-License-Identifier: GPL-3.0-or-later
// Maps whose every output is a weighted sum over a window of the input, separately along height and width: resizing and
// adaptive pooling. A tile is some planes; a plane's gradient is summed by one thread in a fixed order.
#pragma once
#include "core/ops/catalogue/op.h"

#include <vector>

namespace gradlens {

// Of an output place: it takes `first`, `first + 1` ... with these weights.
struct Window {
    std::int64_t first = 0;
    std::vector<double> weights;
};
using Windows = std::vector<Window>;  // by output place

// output[n, c, i, j] = Σ rows[i].weights[u] · columns[j].weights[v] · input[n, c, rows[i].first + u, columns[j].first +
// v]
void resample(const Arena& arena, const TensorView& input, const Windows& rows, const Windows& columns,
              const TensorView& output);
void resampleBackward(const Arena& arena, const TensorView& gradOutput, const Windows& rows, const Windows& columns,
                      const TensorView& gradInput);

// The problem of an input that has no maps, or empty ones.
std::optional<OpProblem> mapsProblem(const Shape& input);

}  // namespace gradlens
