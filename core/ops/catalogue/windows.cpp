// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/windows.h"

#include <string>

namespace gradlens {

namespace {
std::string pairText(std::int64_t a, std::int64_t b) {
    return std::to_string(a) + "x" + std::to_string(b);
}
}  // namespace

bool isPayable(const Shape& shape) {
    const auto elements = shape.checkedElements();
    return elements && *elements <= kMostElements;
}

OpProblem tooLarge(std::string_view what, const Shape& shape) {
    return {0, "would need " + std::string(what) + " too large for any memory",
            "at most " + std::to_string(kMostElements) + " elements", shape.toString(),
            "Make this layer or its input smaller"};
}

ConvAxis windowAxis(const Attributes& attributes, std::size_t axis, std::int64_t input) {
    const bool dilates = attributes.find("dilation") != nullptr;
    return {input, attributes.list("kernel")[axis], attributes.list("stride")[axis], attributes.list("padding")[axis],
            dilates ? attributes.list("dilation")[axis] : 1};
}

std::vector<ReceptiveWindow> slidingWindows(const Attributes& attributes) {
    std::vector<ReceptiveWindow> windows;
    for (std::size_t axis = 0; axis < 2; ++axis) {
        const ConvAxis along = windowAxis(attributes, axis, 1);
        windows.push_back({along.reach(), along.stride});
    }
    return windows;
}

std::vector<ReceptiveWindow> everythingSeen(const Attributes&) {
    return {};
}

std::optional<OpProblem> windowProblem(const Attributes& attributes, const TensorType& input) {
    const Shape& shape = input.shape;
    if (shape.rank() != 4) {
        const char* hint =
            shape.rank() == 3
                ? "Insert a Reshape before this layer, to 1 channel: add a size of 1 in front of height and width"
            : shape.rank() <= 2 ? "Insert a Reshape before this layer, to channels, height and width"
                                : "Insert a Reshape before this layer that leaves channels, height and width";
        return OpProblem{0, "expects a 4-dimensional input: batch, channels, height, width", "NxCxHxW",
                         shape.toString(), hint};
    }
    if (shape[1] < 1)
        return OpProblem{0, "expects at least one channel", "NxCxHxW with C of 1 or more", shape.toString(),
                         "Check the layer before this one"};
    const ConvAxis height = windowAxis(attributes, 0, shape[2]);
    const ConvAxis width = windowAxis(attributes, 1, shape[3]);
    const bool huge = shape[2] > kMostElements || shape[3] > kMostElements;
    if (huge || !isPayable({shape[1], height.input + 2 * height.padding, width.input + 2 * width.padding}))
        return tooLarge("a padded image", shape);
    if (height.output() < 1 || width.output() < 1) {
        const bool padded = height.padding > 0 || width.padding > 0;
        const bool dilated = height.dilation > 1 || width.dilation > 1;
        return OpProblem{0, std::string("has a kernel larger than its ") + (padded ? "padded input" : "input"),
                         "height and width of at least " +
                             pairText(height.reach() - 2 * height.padding, width.reach() - 2 * width.padding),
                         shape.toString(),
                         dilated ? "Use a smaller kernel or dilation, more padding, or fewer pooling layers before"
                                 : "Use a smaller kernel, more padding, or fewer pooling layers before"};
    }
    return std::nullopt;
}

}  // namespace gradlens
