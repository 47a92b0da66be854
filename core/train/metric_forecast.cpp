// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/metric_forecast.h"

#include <algorithm>

namespace gradlens {

namespace {
// What the losses of a drawing compare, as evaluation looks at them: the first of each kind counts.
struct Compared {
    std::string classLoss;  // the node that compares scores of classes with labels; empty: none
    std::int64_t classes = 0;
    std::string realLoss;  // the node that compares real numbers; empty: none
    bool yesOrNo = false;  // which it takes for logits and for 0 and 1
};

Compared comparedBy(const ModelGraph& graph, const GraphAnalysis& analysis) {
    Compared compared;
    for (const NodeAnalysis& node : analysis.nodes) {
        if (!node.known || node.op == nullptr || !node.op->isLoss) continue;
        const std::string& name = graph.find(node.id)->name;
        if (node.op->accuracy && compared.classLoss.empty()) {
            const Shape& scores = node.inputs[static_cast<std::size_t>(node.op->accuracy->scores)].shape;
            const AttributeValue* axis = node.attributes.find("class_axis");
            compared.classLoss = name;
            compared.classes = scores[axis != nullptr && std::get<std::string>(*axis) == "last" ? -1 : 1];
        }
        const auto isRealInput = [](const TensorType& type) { return isReal(type.dtype); };
        if (compared.realLoss.empty() && node.inputs.size() == 2 && std::ranges::all_of(node.inputs, isRealInput)) {
            compared.realLoss = name;
            compared.yesOrNo = node.op->name == "BinaryCrossEntropy";
        }
    }
    if (compared.classLoss.empty() && compared.yesOrNo) {
        compared.classLoss = compared.realLoss;
        compared.classes = 2;
    }
    return compared;
}

MetricForecast forecastOfClasses(const MetricDefinition& metric, const Compared& compared, std::int64_t labels) {
    if (compared.classLoss.empty()) return {&metric, false, "No loss compares scores of classes with class numbers."};
    const std::string has = compared.classLoss + " has " + std::to_string(compared.classes) + " classes";
    if (metric.name == "top5_accuracy" && compared.classes <= MetricSet::kTop)
        return {&metric, false, has + "; more than " + std::to_string(MetricSet::kTop) + " are needed."};
    const bool needsMatrix = metric.name != "accuracy" && metric.name != "top5_accuracy" && metric.name != "perplexity";
    if (needsMatrix && compared.classes > MetricSet::kMostClasses)
        return {&metric, false, has + "; at most " + std::to_string(MetricSet::kMostClasses) + " are counted."};
    const bool ranks = metric.name == "roc_auc" || metric.name == "pr_auc";
    if (ranks && labels * compared.classes > static_cast<std::int64_t>(MetricSet::kMostProbabilities))
        return {&metric, false, "There are too many validation labels to rank: it would take too much memory."};
    return {
        &metric, true,
        compared.yesOrNo && compared.classLoss == compared.realLoss
            ? compared.classLoss + " asks yes or no."
            : compared.classLoss + " compares scores of " + std::to_string(compared.classes) + " classes with labels."};
}

MetricForecast forecastOfTargets(const MetricDefinition& metric, const Compared& compared) {
    if (compared.realLoss.empty()) return {&metric, false, "No loss compares real numbers."};
    if (compared.yesOrNo) return {&metric, false, compared.realLoss + " asks yes or no: its targets are no amounts."};
    return {&metric, true, compared.realLoss + " compares real numbers with targets."};
}
}  // namespace

std::vector<MetricForecast> metricForecast(const ModelGraph& graph, const GraphAnalysis& analysis,
                                           std::int64_t validationLabels) {
    const Compared compared = comparedBy(graph, analysis);
    std::vector<MetricForecast> forecasts;
    for (const MetricDefinition& metric : metricDefinitions()) {
        const bool ofTargets =
            metric.name == "r2" || metric.name == "mean_absolute_error" || metric.name == "root_mean_squared_error";
        forecasts.push_back(ofTargets ? forecastOfTargets(metric, compared)
                                      : forecastOfClasses(metric, compared, validationLabels));
    }
    return forecasts;
}

}  // namespace gradlens
