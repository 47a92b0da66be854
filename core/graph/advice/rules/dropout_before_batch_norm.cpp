// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/advice/rules/rules.h"

namespace gradlens {

namespace {
std::vector<Problem> find(const AdviceView& view) {
    std::vector<Problem> problems;
    for (const NodeAnalysis* node : view.nodes()) {
        const NodeAnalysis* before = AdviceView::is(node, "BatchNorm") ? view.into(*node) : nullptr;
        if (!AdviceView::is(before, "Dropout") || before->attributes.real("rate") <= 0) continue;
        problems.push_back(advice(*before, view.name(*before) + ": drops values right before " + view.name(*node),
                                  {removal(view, *before)}));
    }
    return problems;
}
}  // namespace

AdviceRule dropoutBeforeBatchNorm() {
    return {"dropout-before-batch-norm", "Dropout right before BatchNorm",
            "Dropout changes the variance of what comes in while training, but not when evaluating: the running "
            "variance that BatchNorm then uses is wrong. Put dropout behind the last BatchNorm.",
            "[Li, Chen, Hu and Yang 2019, \"Understanding the Disharmony Between Dropout and Batch "
            "Normalization by Variance Shift\"]",
            find};
}

}  // namespace gradlens
