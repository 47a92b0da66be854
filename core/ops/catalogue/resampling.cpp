// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/resampling.h"

#include "core/kernels/elementwise.h"

#include <algorithm>

namespace gradlens {

namespace {
// body(input offset of a plane, output offset)
template <class Body>
void forPlanes(const Arena& arena, const Shape& input, const Shape& output, Body&& body) {
    const std::int64_t planes = input[0] * input[1], from = input[2] * input[3], to = output[2] * output[3];
    arena.forRange(planes,
                   std::max<std::int64_t>(1, kElementwiseGrain / 4 / std::max<std::int64_t>(1, std::max(from, to))),
                   [&](std::int64_t begin, std::int64_t end) {
                       for (std::int64_t plane = begin; plane < end; ++plane) body(plane * from, plane * to);
                   });
}
}  // namespace

void resample(const Arena& arena, const TensorView& input, const Windows& rows, const Windows& columns,
              const TensorView& output) {
    const std::int64_t width = input.shape()[3];
    dispatchReal(input.dtype(), [&]<class T>() {
        const T* from = input.as<const T>().data();
        T* to = output.as<T>().data();
        forPlanes(arena, input.shape(), output.shape(), [&](std::int64_t source, std::int64_t target) {
            for (const Window& row : rows)
                for (const Window& column : columns) {
                    double sum = 0;
                    for (std::size_t u = 0; u < row.weights.size(); ++u) {
                        const T* values =
                            from + source + (row.first + static_cast<std::int64_t>(u)) * width + column.first;
                        double along = 0;
                        for (std::size_t v = 0; v < column.weights.size(); ++v)
                            along += column.weights[v] * static_cast<double>(values[v]);
                        sum += row.weights[u] * along;
                    }
                    to[target++] = static_cast<T>(sum);
                }
        });
    });
}

void resampleBackward(const Arena& arena, const TensorView& gradOutput, const Windows& rows, const Windows& columns,
                      const TensorView& gradInput) {
    const std::int64_t width = gradInput.shape()[3], pixels = gradInput.shape()[2] * width;
    dispatchReal(gradOutput.dtype(), [&]<class T>() {
        const T* from = gradOutput.as<const T>().data();
        T* to = gradInput.as<T>().data();
        forPlanes(arena, gradInput.shape(), gradOutput.shape(), [&](std::int64_t target, std::int64_t source) {
            std::fill_n(to + target, pixels, T(0));
            for (const Window& row : rows)
                for (const Window& column : columns) {
                    const T gradient = from[source++];
                    for (std::size_t u = 0; u < row.weights.size(); ++u) {
                        T* values = to + target + (row.first + static_cast<std::int64_t>(u)) * width + column.first;
                        for (std::size_t v = 0; v < column.weights.size(); ++v)
                            values[v] += static_cast<T>(row.weights[u] * column.weights[v]) * gradient;
                    }
                }
        });
    });
}

std::optional<OpProblem> mapsProblem(const Shape& input) {
    if (input.rank() != 4)
        return OpProblem{0, "expects images", "NxCxHxW", input.toString(), "Insert a Reshape before this layer"};
    if (input[2] * input[3] == 0)
        return OpProblem{0, "expects maps that are not empty", "sizes of 1 or more", input.toString(),
                         "Check the layer before this one"};
    return std::nullopt;
}

}  // namespace gradlens
