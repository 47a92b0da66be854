// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/advice/rules/rules.h"

namespace gradlens {

namespace {
std::vector<Problem> find(const AdviceView& view) {
    const DatasetFacts* data = view.data();
    std::vector<Problem> problems;
    if (data == nullptr || !data->tokens) return problems;
    for (const NodeAnalysis* node : view.nodes()) {
        if (!AdviceView::is(node, "Embedding") || !AdviceView::isFeatures(view.into(*node))) continue;
        const auto wanted = static_cast<std::int64_t>(data->maximum) + 1;
        const std::int64_t drawn = node->attributes.integer("vocabulary");
        if (drawn >= wanted) continue;
        problems.push_back(advice(
            *node,
            view.name(*node) + ": knows " + figure(static_cast<double>(drawn)) + " tokens, but " + data->name +
                " has at least " + figure(static_cast<double>(wanted)),
            {setting(*node, "Set the vocabulary of " + view.name(*node) + " to " + figure(static_cast<double>(wanted)),
                     {{"vocabulary", wanted}})}));
    }
    return problems;
}
}  // namespace

AdviceRule vocabulary() {
    return {"vocabulary", "Tokens beyond the vocabulary",
            "There is no vector for these tokens: training stops at the first of them.",
            "[by definition: an Embedding has one vector for each token from 0 to vocabulary - 1]", find};
}

}  // namespace gradlens
