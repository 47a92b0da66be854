// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/advice/rules/rules.h"

#include <algorithm>
#include <limits>
#include <unordered_map>

namespace gradlens {

namespace {
constexpr int kMost = 5;

std::vector<Problem> find(const AdviceView& view) {
    std::vector<Problem> problems;
    // The shortest way counts: a path around keeps the gradient. Normalisation begins anew.
    std::unordered_map<const NodeAnalysis*, int> before;
    for (const NodeAnalysis* node : view.nodes()) {
        int length = 0;
        if (!view.inputs(*node).empty()) {
            length = std::numeric_limits<int>::max();
            for (const NodeAnalysis* input : view.inputs(*node))
                length = std::min(length, before.contains(input) ? before.at(input) : 0);
        }
        const bool bends = AdviceView::isOneOf(node, {"Sigmoid", "Tanh"});
        before[node] = AdviceView::isNormalisation(node) ? 0 : length + (bends ? 1 : 0);
        if (bends && length == kMost)
            problems.push_back(advice(*node,
                                      view.name(*node) + ": is the sixth sigmoid or tanh in a row, with no "
                                                         "normalisation or way around",
                                      {replacement(view, *node, "ReLU")}));
    }
    return problems;
}
}  // namespace

AdviceRule saturatingChain() {
    return {"saturating-chain", "Many sigmoids or tanhs in a row",
            "Each multiplies the gradient by its slope, at most 1/4 for Sigmoid and less than 1 for Tanh: after "
            "many of them little of it is left for the first layers. ReLU, normalisation between, or residual "
            "connections keep it.",
            "[Glorot and Bengio 2010; Hochreiter 1991]", find};
}

}  // namespace gradlens
