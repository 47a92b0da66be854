// SPDX-License-Identifier: GPL-3.0-or-later
// What convolution and pooling layers check of their inputs: the same faults in the same words.
#pragma once
#include "core/kernels/conv2d.h"
#include "core/ops/catalogue/op.h"

#include <optional>
#include <string_view>

namespace gradlens {

// No tensor has more elements than this: 4 TB of floats.
inline constexpr std::int64_t kMostElements = std::int64_t{1} << 40;

// True when the shape's sizes multiply to no more than kMostElements.
bool isPayable(const Shape& shape);
OpProblem tooLarge(std::string_view what, const Shape& shape);

// In a ReceptiveWindow, of what only the sizes of input and output say: a stride of input / output, which is less than
// one where maps become larger, and an extent of as much, rounded up.
inline constexpr std::int64_t kFromSizes = 0;

// The geometry from the attributes kernel, stride, padding and, when the op has it, dilation. `height` and `width`
// belong to an NCHW input.
ConvAxis windowAxis(const Attributes& attributes, std::size_t axis, std::int64_t input);
// OpDefinition::windows from the same attributes.
std::vector<ReceptiveWindow> slidingWindows(const Attributes& attributes);
// OpDefinition::windows of ops after which every element depends on the whole input.
std::vector<ReceptiveWindow> everythingSeen(const Attributes& attributes);
// What keeps windows from being laid over the input: its rank, a kernel that does not fit.
std::optional<OpProblem> windowProblem(const Attributes& attributes, const TensorType& input);

}  // namespace gradlens
