// SPDX-License-Identifier: GPL-3.0-or-later
// Where a drawing and a dataset disagree.
#include "core/train/training_run.h"

#include <algorithm>
#include <array>

namespace gradlens {

namespace {
std::string shapeAttribute(const Shape& shape) {
    std::string text;
    for (const std::int64_t size : shape) text += (text.empty() ? "" : ", ") + std::to_string(size);
    return text.empty() ? "empty" : "'" + text + "'";
}

Fix setting(NodeId node, std::string title, Attributes attributes) {
    return {Fix::Kind::SetAttributes, std::move(title), node, 0, {}, std::move(attributes)};
}

Fix setValues(const NodeAnalysis& node, const std::string& name, const char* values) {
    return setting(node.id, "Set the values of " + name + " to " + values, {{"values", std::string(values)}});
}

// The layer whose size decides how many scores come into a loss: the last with weights, where nothing between changes
// their number.
const Node* lastLayer(const ModelGraph& graph, const GraphAnalysis& analysis, PortRef input) {
    for (std::size_t hops = 0; hops < graph.nodes().size(); ++hops) {
        const auto edge = graph.edgeInto(input);
        const NodeAnalysis* before = edge ? analysis.find(edge->from.node) : nullptr;
        if (before == nullptr || before->op == nullptr) return nullptr;
        if (before->op->name == "Dense") return graph.find(before->id);
        constexpr std::array kPass{"Activation", "Regularisation", "Normalisation"};
        if (std::ranges::find(kPass, before->op->category) == kPass.end()) return nullptr;
        input = {before->id, 0};
    }
    return nullptr;
}

void checkInput(const std::string& name, const NodeAnalysis& node, const Dataset& dataset,
                std::vector<Problem>& problems) {
    const bool labels = node.attributes.choice("source") == "labels";
    const TensorType& type = node.inference.outputs[0];
    const std::string data = dataset.name + (labels ? " labels" : " samples");
    if (labels && isReal(type.dtype) == dataset.classification) {
        problems.push_back({node.id,
                            -1,
                            name + ": expects " + (dataset.classification ? "real targets" : "class numbers") +
                                ", but the labels of " + dataset.name + " are " +
                                (dataset.classification ? "class numbers" : "real targets"),
                            {},
                            {},
                            std::string("Set its values to ") + (dataset.classification ? "class." : "real."),
                            Severity::Error,
                            {},
                            {},
                            {setValues(node, name, dataset.classification ? "class" : "real")}});
        return;
    }
    const bool tokens = dataset.train.featureType() == DType::Int32;
    if (!labels && isReal(type.dtype) == tokens) {
        problems.push_back({node.id,
                            -1,
                            name + ": the features of " + dataset.name +
                                (tokens ? " are whole numbers (tokens)" : " are real numbers, not class numbers"),
                            {},
                            {},
                            tokens ? "Set its values to class." : "Set its values to real.",
                            Severity::Error,
                            {},
                            {},
                            {setValues(node, name, tokens ? "class" : "real")}});
        return;
    }
    const Shape drawn = type.shape.slice(1);
    const Shape& actual = labels ? dataset.labelShape : dataset.featureShape;
    if (drawn == actual) return;
    problems.push_back({node.id,
                        -1,
                        name + ": expects " + drawn.toString() + ", but the " + data + " are " + actual.toString(),
                        drawn.toString(),
                        actual.toString(),
                        "Set its shape to " + shapeAttribute(actual) + ", or choose other data.",
                        Severity::Error,
                        {},
                        {},
                        {setting(node.id, "Set the shape of " + name + " to " + shapeAttribute(actual),
                                 {{"shape", IntegerList(actual.begin(), actual.end())}})}});
}

void checkClasses(const ModelGraph& graph, const GraphAnalysis& analysis, const NodeAnalysis& node,
                  const Dataset& dataset, std::vector<Problem>& problems) {
    const std::string& name = graph.find(node.id)->name;
    const auto scores = static_cast<std::size_t>(node.op->accuracy->scores);
    const AttributeValue* axis = node.attributes.find("class_axis");
    const std::int64_t drawn =
        node.inputs[scores].shape[axis != nullptr && std::get<std::string>(*axis) == "last" ? -1 : 1];
    const auto actual = static_cast<std::int64_t>(dataset.classNames.size());
    if (drawn == actual || actual == 0) return;
    const bool tooFew = drawn < actual;
    std::vector<Fix> fixes;
    if (const Node* last = lastLayer(graph, analysis, {node.id, static_cast<int>(scores)}))
        fixes.push_back(
            setting(last->id, "Give " + last->name + " " + std::to_string(actual) + " units", {{"units", actual}}));
    problems.push_back({node.id,
                        static_cast<int>(scores),
                        name + ": gets scores for " + std::to_string(drawn) + " classes, but " + dataset.name +
                            " has " + std::to_string(actual),
                        std::to_string(actual),
                        std::to_string(drawn),
                        "Give the last layer " + std::to_string(actual) + " units.",
                        tooFew ? Severity::Error : Severity::Warning,
                        {},
                        {},
                        std::move(fixes)});
}

// How many tokens there are: one more than the largest in memory, or as many as have names; 0 where nobody knows.
std::int64_t tokensOf(const Dataset& dataset) {
    if (dataset.train.stream) return static_cast<std::int64_t>(dataset.classNames.size());
    std::int64_t tokens = 0;
    for (const DatasetPart* part : {&dataset.train, &dataset.validation})
        if (part->size() > 0)
            tokens = std::max(tokens, std::int64_t{*std::ranges::max_element(part->features.as<std::int32_t>())} + 1);
    return tokens;
}

// An Embedding that reads the data's tokens must have a row for each.
void checkVocabulary(const Project& project, const NodeAnalysis& node, const GraphAnalysis& analysis,
                     std::int64_t tokens, std::vector<Problem>& problems) {
    const auto edge = project.graph.edgeInto({node.id, 0});
    const NodeAnalysis* source = edge ? analysis.find(edge->from.node) : nullptr;
    if (source == nullptr || !source->op->inputs.empty() || source->op->block != nullptr ||
        source->attributes.choice("source") != "features")
        return;
    const std::int64_t vocabulary = node.attributes.integer("vocabulary");
    if (vocabulary >= tokens) return;
    problems.push_back(
        {node.id,
         0,
         project.graph.find(node.id)->name + ": has a vocabulary of " + std::to_string(vocabulary) +
             ", but the data has " + std::to_string(tokens) + " tokens",
         std::to_string(tokens),
         std::to_string(vocabulary),
         "Set its vocabulary to " + std::to_string(tokens) + ".",
         Severity::Error,
         {},
         {},
         {setting(node.id,
                  "Set the vocabulary of " + project.graph.find(node.id)->name + " to " + std::to_string(tokens),
                  {{"vocabulary", tokens}})}});
}
}  // namespace

std::vector<Problem> problemsWithDataset(const Project& project, const GraphAnalysis& analysis,
                                         const Dataset& dataset) {
    std::vector<Problem> problems;
    const std::int64_t tokens = dataset.train.featureType() == DType::Int32 ? tokensOf(dataset) : 0;
    for (const NodeAnalysis& node : analysis.nodes) {
        if (!node.known || !node.reachesLoss) continue;
        const std::string& name = project.graph.find(node.id)->name;
        if (node.op->inputs.empty() && node.op->block == nullptr) checkInput(name, node, dataset, problems);
        if (node.op->accuracy && dataset.classification) checkClasses(project.graph, analysis, node, dataset, problems);
        if (node.op->name == "Embedding" && tokens > 0) checkVocabulary(project, node, analysis, tokens, problems);
    }
    return problems;
}

}  // namespace gradlens
