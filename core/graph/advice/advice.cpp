// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/advice/advice.h"

#include "core/graph/advice/rules/rules.h"
#include "core/graph/flatten.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace gradlens {

namespace {
std::vector<Problem> ofFlat(const ModelGraph& graph, const OpCatalogue& catalogue, const GraphAnalysis& analysis,
                            const AdviceContext& context) {
    const AdviceView view(graph, catalogue, analysis, context);
    std::vector<Problem> all;
    for (const AdviceRule& rule : adviceRules()) {
        std::set<NodeId> said;
        for (Problem& problem : rule.find(view)) {
            if (!said.insert(problem.node).second) continue;
            problem.rule = rule.id;
            if (problem.hint.empty()) problem.hint = rule.reason;
            if (problem.source.empty()) problem.source = rule.source;
            all.push_back(std::move(problem));
        }
    }
    return all;
}
}  // namespace

std::span<const AdviceRule> adviceRules() {
    static const std::array rules{softmaxTwice(),
                                  logProbabilities(),
                                  activationAfterLogits(),
                                  biasBeforeBatchNorm(),
                                  dropoutRate(),
                                  noNonlinearity(),
                                  fieldTooSmall(),
                                  fieldTooLarge(),
                                  constantOutput(),
                                  unusedOutput(),
                                  labelsLeak(),
                                  targetOutOfReach(),
                                  lossForLabels(),
                                  learningRate(),
                                  unnormalisedInput(),
                                  classImbalance(),
                                  batchNormSingle(),
                                  saturatingChain(),
                                  zeroWeights(),
                                  dropoutBeforeBatchNorm(),
                                  regularisedScores(),
                                  hugeDense()};
    return rules;
}

const AdviceRule* findAdviceRule(std::string_view id) {
    const auto rules = adviceRules();
    const auto found = std::ranges::find(rules, id, &AdviceRule::id);
    return found == rules.end() ? nullptr : &*found;
}

std::vector<Problem> advise(const ModelGraph& drawing, const OpCatalogue& catalogue, const GraphAnalysis& analysis,
                            const AdviceContext& context) {
    if (isFlat(drawing, catalogue)) return ofFlat(drawing, catalogue, analysis, context);
    const FlatDrawing flat = flatten(drawing, catalogue);
    const GraphAnalysis inner = analyse(flat.graph, catalogue, analysis.batchSize);
    std::vector<Problem> all;
    std::set<std::pair<NodeId, std::string>> said;
    for (Problem& problem : ofFlat(flat.graph, catalogue, inner, context)) {
        const NodeId owner = flat.ownerOf(problem.node);
        if (owner != problem.node) {
            problem.port = -1;
            problem.node = owner;
        }
        // What is inside a block is changed there, once for all that use it.
        std::erase_if(problem.fixes, [&](const Fix& fix) { return flat.ownerOf(fix.node) != fix.node; });
        if (said.emplace(owner, problem.rule).second) all.push_back(std::move(problem));
    }
    return all;
}

}  // namespace gradlens
