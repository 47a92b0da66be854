// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/advice/rules/rules.h"

namespace gradlens {

namespace {
std::vector<Problem> find(const AdviceView& view) {
    std::vector<Problem> problems;
    if (view.context().batchSize != 1) return problems;
    for (const NodeAnalysis* node : view.nodes()) {
        if (!AdviceView::is(node, "BatchNorm")) continue;
        const Shape& shape = node->inputs[0].shape;
        const bool vectors = shape.rank() == 2;
        Problem problem = advice(*node, view.name(*node) + ": with a batch of 1 it normalises " +
                                            (vectors ? "each number by itself, to 0" : "each sample by itself"));
        problem.fixes = {{Fix::Kind::SetTraining,
                          "Train in batches of 32",
                          NodeId::None,
                          0,
                          {},
                          {{"batch_size", std::int64_t{32}}}}};
        problem.fixes.push_back(vectors ? replacement(view, *node, "LayerNorm")
                                        : replacement(view, *node, "GroupNorm", {{"groups", std::int64_t{1}}}));
        problems.push_back(std::move(problem));
    }
    return problems;
}
}  // namespace

AdviceRule batchNormSingle() {
    return {"batch-norm-single", "BatchNorm of single samples",
            "BatchNorm takes mean and deviation over the batch. Of one sample they say little, of one number "
            "nothing: it then gives the same for every input.",
            "[Wu and He 2018, \"Group Normalization\"; Ioffe and Szegedy 2015]", find};
}

}  // namespace gradlens
