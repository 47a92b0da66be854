// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/advice/rules/rules.h"

#include <cmath>
#include <limits>
#include <optional>

namespace gradlens {

namespace {
struct Range {
    double low, high;
};

std::optional<Range> rangeOf(const NodeAnalysis* node) {
    constexpr double kEndless = std::numeric_limits<double>::infinity();
    if (AdviceView::isOneOf(node, {"Sigmoid", "Softmax"})) return Range{0, 1};
    if (AdviceView::is(node, "Tanh")) return Range{-1, 1};
    if (AdviceView::isOneOf(node, {"ReLU", "Softplus"})) return Range{0, kEndless};
    return std::nullopt;
}

std::vector<Problem> find(const AdviceView& view) {
    const DatasetFacts* data = view.data();
    std::vector<Problem> problems;
    if (data == nullptr) return problems;
    for (const NodeAnalysis* node : view.nodes()) {
        if (!AdviceView::isOneOf(node, {"MeanSquaredError", "MeanAbsoluteError", "Huber", "BinaryCrossEntropy"}))
            continue;
        const NodeAnalysis *last = view.valuesInto(*node), *target = view.into(*node, AdviceView::targetPort(*node));
        while (target != nullptr && AdviceView::isOneOf(target, {"Flatten", "Reshape"})) target = view.into(*target);
        const bool features = AdviceView::isFeatures(target) && !data->tokens,
                   labels = AdviceView::isLabels(target) && !data->classification;
        if (!features && !labels) continue;
        const Range targets =
            features ? Range{data->minimum, data->maximum} : Range{data->targetMinimum, data->targetMaximum};
        const bool binary = AdviceView::is(node, "BinaryCrossEntropy");
        const auto reached = binary ? std::optional(Range{0, 1}) : rangeOf(last);
        // A little beyond costs little.
        const double slack = 0.02 * (targets.high - targets.low);
        if (!reached || (targets.low >= reached->low - slack && targets.high <= reached->high + slack)) continue;
        const std::string what = std::string(features ? "the features" : "the targets") + " of " + data->name +
                                 " go from " + figure(targets.low) + " to " + figure(targets.high);
        const std::string from = figure(reached->low), to = std::isfinite(reached->high) ? figure(reached->high) : "";
        const std::string span = to.empty() ? from + " upwards" : from + " to " + to;
        Problem problem = binary ? advice(*node, view.name(*node) + ": expects targets from " + span + ", but " + what)
                                 : advice(*last, view.name(*last) + ": gives numbers from " + span + ", but " + what);
        if (!binary) problem.fixes.push_back(removal(view, *last));
        if (binary && labels) problem.fixes.push_back(replacement(view, *node, "MeanSquaredError"));
        problems.push_back(std::move(problem));
    }
    return problems;
}
}  // namespace

AdviceRule targetOutOfReach() {
    return {"target-out-of-reach", "Targets that the output cannot reach",
            "The last activation gives only part of the numbers that the targets take: for the others the loss "
            "stays high, and the activation is driven to where its slope is 0.",
            "[Goodfellow, Bengio and Courville 2016, section 6.2.2; LeCun, Bottou, Orr and Müller 1998, section "
            "4.5]",
            find};
}

}  // namespace gradlens
