// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/advice/rules/rules.h"

#include <algorithm>
#include <cmath>

namespace gradlens {

namespace {
constexpr double kUnlike = 10;
constexpr std::size_t kMostClasses = 1000;  // with more, tokens or names, uneven counts are the nature of things

RealList balanced(const std::vector<std::int64_t>& counts) {
    double total = 0, present = 0;
    for (const std::int64_t count : counts) {
        total += static_cast<double>(count);
        present += count > 0 ? 1 : 0;
    }
    RealList weights;
    for (const std::int64_t count : counts) {
        const double weight = count > 0 ? total / (present * static_cast<double>(count)) : 1;
        weights.push_back(std::round(weight * 1000) / 1000);
    }
    return weights;
}

std::vector<Problem> find(const AdviceView& view) {
    const DatasetFacts* data = view.data();
    std::vector<Problem> problems;
    if (data == nullptr || data->classCounts.size() < 2 || data->classCounts.size() > kMostClasses ||
        data->classesWeighed || data->labelShape.rank() > 0)
        return problems;
    const auto [least, most] = std::ranges::minmax_element(data->classCounts);
    if (static_cast<double>(*most) < kUnlike * static_cast<double>(*least)) return problems;
    for (const NodeAnalysis* node : view.nodes()) {
        const AttributeValue* weights = node->attributes.find("class_weights");
        if (!AdviceView::is(node, "SoftmaxCrossEntropy") || !std::get<RealList>(*weights).empty()) continue;
        Problem problem = advice(*node, view.name(*node) + ": the largest class of " + data->name + " has " +
                                            figure(static_cast<double>(*most)) + " samples, the smallest " +
                                            figure(static_cast<double>(*least)));
        problem.fixes = {setting(*node, "Weigh the classes in " + view.name(*node),
                                 {{"class_weights", balanced(data->classCounts)}})};
        problems.push_back(std::move(problem));
    }
    return problems;
}
}  // namespace

AdviceRule classImbalance() {
    return {"class-imbalance", "Classes of very unlike size",
            "The loss is a mean over samples: rare classes hardly count in it, and a network that never names "
            "them looks good. Weigh the classes, or look at the confusion matrix rather than the accuracy.",
            "[Buda, Maki and Mazurowski 2018; Japkowicz and Stephen 2002]", find};
}

}  // namespace gradlens
