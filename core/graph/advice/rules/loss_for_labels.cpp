// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/advice/rules/rules.h"

namespace gradlens {

namespace {
std::vector<Problem> find(const AdviceView& view) {
    const DatasetFacts* data = view.data();
    std::vector<Problem> problems;
    if (data == nullptr || data->classification || !data->targetsBinary) return problems;
    for (const NodeAnalysis* node : view.nodes()) {
        if (!AdviceView::isOneOf(node, {"MeanSquaredError", "MeanAbsoluteError", "Huber"})) continue;
        if (!AdviceView::isLabels(view.into(*node, AdviceView::targetPort(*node)))) continue;
        const NodeAnalysis* last = view.valuesInto(*node);
        if (!AdviceView::is(last, "Sigmoid")) continue;
        problems.push_back(advice(
            *node,
            view.name(*node) + ": measures the distance of " + view.name(*last) + " from targets that are all 0 or 1",
            {replacement(view, *node, "BinaryCrossEntropy")}));
    }
    return problems;
}
}  // namespace

AdviceRule lossForLabels() {
    return {"loss-for-labels", "A loss that does not fit the labels",
            "Through the slope of a sigmoid or softmax, squared errors stop learning where the answer is surest "
            "and most wrong. Cross-entropy takes the scores themselves and does not.",
            "[Goodfellow, Bengio and Courville 2016, section 6.2.2; Golik, Doetsch and Ney 2013]", find};
}

}  // namespace gradlens
