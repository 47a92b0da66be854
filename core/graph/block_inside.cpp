// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/block_inside.h"

#include "core/graph/block_parameters.h"
#include "core/graph/replace_op.h"

#include <algorithm>

namespace gradlens {

namespace {
// What a BlockInput carries while the inside is analysed.
constexpr const char* kShape = "shape";
constexpr const char* kKind = "dtype";
constexpr double kAnySize = 1e18;

Inference typedInput(const Attributes& attributes, std::span<const TensorType>) {
    const IntegerList& shape = attributes.list(kShape);
    if (shape.empty())
        return inferenceProblem({-1,
                                 "what comes in here is not known yet",
                                 {},
                                 {},
                                 "Connect this input of the block where the block is used."});
    Inference inference;
    inference.outputs.push_back({static_cast<DType>(attributes.integer(kKind)), Shape(std::span(shape))});
    return inference;
}

Inference nothing(const Attributes&, std::span<const TensorType>) {
    return {};
}

OpCost free(const Attributes&, std::span<const TensorType>, const Inference&) {
    return {};
}

// A catalogue in which the ports of blocks are ops like others.
OpCatalogue withTypedPorts(const OpCatalogue& catalogue) {
    OpDefinition input, output;
    if (const OpDefinition* known = catalogue.find(kBlockInput)) input = *known;
    if (const OpDefinition* known = catalogue.find(kBlockOutput)) output = *known;
    input.attributes = {listAttribute(kShape, "Shape", {}, 0, kAnySize, 0, Shape::kMaxRank, ""),
                        integerAttribute(kKind, "Type", 0, 0, 255, "")};
    input.infer = typedInput;
    output.infer = nothing;
    input.cost = output.cost = free;
    return catalogue.withBlocks({std::move(input), std::move(output)});
}

void report(std::vector<Problem>* problems, const Node& node, const std::string& attribute,
            const std::string& expression, const std::string& message) {
    if (problems == nullptr) return;
    problems->push_back({node.id,
                         -1,
                         node.name + ": the expression " + expression + " of " + attribute + " " + message,
                         {},
                         {},
                         "Correct it, or make it a plain value.",
                         Severity::Error});
}
}  // namespace

ModelGraph withValues(const Block& block, const Attributes& parameters, std::vector<Problem>* problems) {
    ModelGraph graph = block.graph;
    for (const Node& inside : block.graph.nodes()) {
        const auto valueOf = [&](const std::string& attribute, const AttributeValue& value) {
            if (!isExpression(value)) return value;
            const auto& expression = std::get<std::string>(value);
            std::string message;
            if (auto result = evaluated(expression, parameters, &message)) return *std::move(result);
            report(problems, inside, attribute, expression, message);
            return value;
        };
        Attributes attributes;
        for (const auto& [name, value] : inside.attributes.entries()) attributes.set(name, valueOf(name, value));
        const AttributeValue op = valueOf("op", inside.op);
        if (const auto* name = std::get_if<std::string>(&op); name != nullptr && *name != inside.op)
            replaceOp(graph, inside.id, *name, std::move(attributes));
        else if (attributes != inside.attributes)
            graph.setAttributes(inside.id, std::move(attributes));
    }
    return graph;
}

GraphAnalysis analyseInside(const Block& block, const Attributes& parameters,
                            std::span<const std::optional<TensorType>> inputs, const OpCatalogue& catalogue,
                            std::int64_t batchSize) {
    std::vector<Problem> problems;
    ModelGraph graph = withValues(block, parameters, &problems);
    const std::vector<NodeId> ports = block.inputs();
    for (std::size_t port = 0; port < ports.size(); ++port) {
        if (port >= inputs.size() || !inputs[port] || inputs[port]->shape.rank() == 0) continue;
        const auto sizes = inputs[port]->shape.sizes();
        graph.setAttributes(ports[port],
                            Attributes{{kShape, AttributeValue(IntegerList(sizes.begin(), sizes.end()))},
                                       {kKind, AttributeValue(static_cast<std::int64_t>(inputs[port]->dtype))}});
    }
    const OpCatalogue typed = withTypedPorts(catalogue);  // the analysis refers to it until the loop below
    GraphAnalysis analysis = analyse(graph, typed, batchSize, DType::Float32, false);
    for (NodeAnalysis& node : analysis.nodes) node.op = node.op == nullptr ? nullptr : catalogue.find(node.op->name);
    for (Problem& problem : analysis.problems)
        if (std::ranges::find(ports, problem.node) != ports.end()) problem.severity = Severity::Warning;
    // A fault of an expression is the cause of what the analysis says of its node; and a block may give anything.
    const std::vector<NodeId> outputs = block.outputs();
    std::erase_if(analysis.problems, [&](const Problem& problem) {
        const bool ofKind = !problem.expected.empty() && std::ranges::find(outputs, problem.node) != outputs.end();
        return ofKind || std::ranges::find(problems, problem.node, &Problem::node) != problems.end();
    });
    analysis.problems.insert(analysis.problems.begin(), problems.begin(), problems.end());
    return analysis;
}

GraphAnalysis analyseInside(const ModelGraph& drawing, std::span<const NodeId> path, const OpCatalogue& catalogue,
                            std::int64_t batchSize) {
    GraphAnalysis analysis = analyse(drawing, catalogue, batchSize);
    ModelGraph graph = drawing;
    for (const NodeId use : path) {
        const Node* node = graph.find(use);
        const OpDefinition* op = node == nullptr ? nullptr : catalogue.find(node->op);
        if (op == nullptr || op->block == nullptr) return {};
        std::vector<std::optional<TensorType>> inputs;
        for (int port = 0; port < static_cast<int>(op->inputs.size()); ++port) {
            const auto edge = graph.edgeInto({use, port});
            const TensorType* type = edge ? analysis.typeOf(edge->from) : nullptr;
            inputs.push_back(type == nullptr ? std::nullopt : std::optional(*type));
        }
        const Attributes parameters = completed(op->attributes, node->attributes, nullptr);
        const std::shared_ptr<const Block> block = op->block;
        analysis = analyseInside(*block, parameters, inputs, catalogue, batchSize);
        graph = withValues(*block, parameters, nullptr);
    }
    return analysis;
}

}  // namespace gradlens
