// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/advice/rules/rules.h"

#include <algorithm>

namespace gradlens {

namespace {
constexpr double kMuchSmaller = 3;

std::vector<Problem> find(const AdviceView& view) {
    std::vector<Problem> problems;
    for (const NodeAnalysis* node : view.nodes()) {
        if (!AdviceView::isOneOf(node, {"GlobalAvgPool", "GlobalMaxPool", "AdaptiveAvgPool2D"})) continue;
        const NodeAnalysis* before = view.into(*node);
        if (before == nullptr || !view.field(*node).everything) continue;
        const ReceptiveField& field = view.field(*before);
        const auto small = [](const ReceptiveField::Axis& axis) {
            return axis.extent * kMuchSmaller < static_cast<double>(axis.size);
        };
        // Fields of one pixel are a matter of colours alone: a drawing without convolutions means that.
        const auto plain = [](const ReceptiveField::Axis& axis) { return axis.extent <= 1; };
        if (field.everything || field.axes.size() != 2 || !std::ranges::all_of(field.axes, small) ||
            std::ranges::all_of(field.axes, plain))
            continue;
        problems.push_back(advice(*node, view.name(*node) + ": pools what was seen through windows of " +
                                             field.toString() + ", of images of " + std::to_string(field.axes[0].size) +
                                             "x" + std::to_string(field.axes[1].size)));
    }
    return problems;
}
}  // namespace

AdviceRule fieldTooSmall() {
    return {"field-too-small", "Receptive field much smaller than the image",
            "What is pooled over the whole map has been seen through small windows only: the network can count "
            "textures, but not tell where things are to each other. More or strided convolutions, pooling or "
            "dilation widen the field.",
            "[Araujo, Norris and Sim 2019; Luo et al. 2016; Brendel and Bethge 2019]", find};
}

}  // namespace gradlens
