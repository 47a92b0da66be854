// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/advice/rules/rules.h"

namespace gradlens {

namespace {
// How many taps of a filter lie on the map at some place.
std::int64_t usefulTaps(std::int64_t size, std::int64_t outputs, std::int64_t kernel, std::int64_t stride,
                        std::int64_t padding, std::int64_t dilation) {
    std::int64_t useful = 0;
    for (std::int64_t tap = 0; tap < kernel; ++tap) {
        // Places are padding short of the map and then go up by the stride: the first that is on it decides.
        const std::int64_t offset = tap * dilation - padding;
        const std::int64_t first = offset >= 0 ? 0 : (-offset + stride - 1) / stride;
        if (first < outputs && first * stride + offset < size) ++useful;
    }
    return useful;
}

std::vector<Problem> find(const AdviceView& view) {
    std::vector<Problem> problems;
    for (const NodeAnalysis* node : view.nodes()) {
        if (!AdviceView::is(node, "Conv2D")) continue;
        const Shape &input = node->inputs[0].shape, &output = node->inference.outputs[0].shape;
        const auto attribute = [&](const char* name, std::size_t axis) { return node->attributes.list(name)[axis]; };
        std::int64_t useful = 1, taps = 1;
        for (std::size_t axis = 0; axis < 2; ++axis) {
            const int at = static_cast<int>(axis) + 2;
            taps *= attribute("kernel", axis);
            useful *= usefulTaps(input[at], output[at], attribute("kernel", axis), attribute("stride", axis),
                                 attribute("padding", axis), attribute("dilation", axis));
        }
        if (useful == taps) continue;
        problems.push_back(advice(*node, view.name(*node) + ": its filters lie on maps of " + std::to_string(input[2]) +
                                             "x" + std::to_string(input[3]) + ": only " + std::to_string(useful) +
                                             " of their " + std::to_string(taps) +
                                             " weights ever meet more than padding"));
    }
    return problems;
}
}  // namespace

AdviceRule fieldTooLarge() {
    return {"field-too-large", "Filters that reach beyond the map",
            "The map has become smaller than the filter: those of its weights that only ever meet the padding "
            "learn nothing. Fewer strides or pooling layers before, or a smaller kernel or dilation, put them "
            "to use.",
            "[Araujo, Norris and Sim 2019; Richter et al. 2021, \"(Input) Size Matters for CNN Classifiers\"]", find};
}

}  // namespace gradlens
