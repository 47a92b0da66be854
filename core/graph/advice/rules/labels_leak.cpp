// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/advice/rules/rules.h"

#include <algorithm>
#include <unordered_map>

namespace gradlens {

namespace {
std::vector<Problem> find(const AdviceView& view) {
    std::vector<Problem> problems;
    // Every label input that a node depends on; few drawings have more than one.
    std::unordered_map<const NodeAnalysis*, std::vector<const NodeAnalysis*>> labelsOf;
    for (const NodeAnalysis* node : view.nodes()) {
        std::vector<const NodeAnalysis*> labels;
        if (AdviceView::isLabels(node)) labels.push_back(node);
        for (const NodeAnalysis* before : view.inputs(*node))
            if (const auto found = labelsOf.find(before); found != labelsOf.end())
                for (const NodeAnalysis* each : found->second)
                    if (std::ranges::find(labels, each) == labels.end()) labels.push_back(each);
        if (!labels.empty() && !node->op->isLoss) labelsOf[node] = labels;
        if (!node->op->accuracy) continue;
        const auto predicted = labelsOf.find(view.into(*node, AdviceView::predictionPort(*node)));
        const auto target = labelsOf.find(view.into(*node, AdviceView::targetPort(*node)));
        if (predicted == labelsOf.end() || target == labelsOf.end()) continue;
        for (const NodeAnalysis* each : target->second)
            if (std::ranges::find(predicted->second, each) != predicted->second.end()) {
                problems.push_back(advice(*each, view.name(*each) + ": the labels that " + view.name(*node) +
                                                     " asks for also go into its prediction"));
                break;
            }
    }
    return problems;
}
}  // namespace

AdviceRule labelsLeak() {
    return {"labels-leak", "The answer is among the inputs",
            "The layers see the labels that they are to predict: the training loss falls to 0 and says nothing "
            "about samples whose label is not known.",
            "[Kaufman, Rosset, Perlich and Stitelman 2012, \"Leakage in Data Mining\"]", find};
}

}  // namespace gradlens
