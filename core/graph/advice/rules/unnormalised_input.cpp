// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/advice/rules/rules.h"

#include <algorithm>
#include <cmath>

namespace gradlens {

namespace {
constexpr double kLarge = 10;  // of the deviation or the mean

std::vector<Problem> find(const AdviceView& view) {
    const DatasetFacts* data = view.data();
    std::vector<Problem> problems;
    if (data == nullptr || data->tokens) return problems;
    if (data->deviation <= kLarge && std::abs(data->mean) <= kLarge) return problems;
    for (const NodeAnalysis* node : view.nodes()) {
        if (!AdviceView::isFeatures(node)) continue;
        // Only where weights are laid on the numbers as they are.
        const auto& readers = view.readers(*node);
        const bool bare = std::ranges::any_of(readers, [&](const NodeAnalysis* reader) {
            while (reader != nullptr && AdviceView::isTransparent(*reader)) reader = view.onlyReader(*reader);
            return AdviceView::isLinear(reader) || (reader != nullptr && reader->op->category == "Recurrent");
        });
        if (!bare) continue;
        Problem problem = advice(*node, view.name(*node) + ": the features of " + data->name + " go from " +
                                            figure(data->minimum) + " to " + figure(data->maximum) + " (mean " +
                                            figure(data->mean) + ", deviation " + figure(data->deviation) + ")");
        if (data->canNormalise)
            problem.fixes = {{Fix::Kind::SetData,
                              "Standardise the features",
                              NodeId::None,
                              0,
                              {},
                              {{"normalise", std::string("standardise")}}}};
        problem.fixes.push_back(
            {Fix::Kind::InsertAfter, "Insert a BatchNorm after " + view.name(*node), node->id, 0, "BatchNorm"});
        if (node->inference.outputs[0].shape.rank() == 3) problem.fixes.pop_back();
        problems.push_back(std::move(problem));
    }
    return problems;
}
}  // namespace

AdviceRule unnormalisedInput() {
    return {"unnormalised-input", "Input that is not normalised",
            "Weights begin, and learning rates are chosen, for inputs about as large as 1. Larger ones make the "
            "first steps far too long and features of unlike size learn at unlike speed.",
            "[LeCun, Bottou, Orr and Müller 1998, section 4.3, \"Efficient BackProp\"]", find};
}

}  // namespace gradlens
