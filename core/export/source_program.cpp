// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/source_program.h"

#include "core/base/error.h"
#include "core/export/python_names.h"
#include "core/ops/catalogue/python_text.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace gradlens {

namespace {
using Converter = SourceCode (*)(const SourceCall&);

std::string quoted(const std::string& text) {
    return "'" + text + "'";
}

std::string sampleText(const TensorType& type) {
    return type.shape.rank() < 2 ? "" : type.shape.slice(1).toString();
}

class Writer {
public:
    Writer(const Project& project, SourceFramework framework, const OpCatalogue& catalogue)
        : m_project(project),
          m_framework(framework),
          m_catalogue(catalogueOf(project, catalogue)),
          m_names(framework) {}

    SourceProgram run() {
        analyseDrawing();
        for (const NodeAnalysis& node : m_program.analysis.nodes)
            if (node.known) m_nodes.push_back(&node);
        findArguments();
        findWhatWaitsForLabels();
        reserveHelpers();
        for (const NodeAnalysis* node : m_nodes) nameValues(*node);
        for (const NodeAnalysis* node : m_nodes) write(*node);
        for (const NodeAnalysis* node : m_nodes) writeWeights(*node);
        findOutputs();
        sumLosses();
        return std::move(m_program);
    }

private:
    [[noreturn]] void refuse(const std::string& where, const std::string& why, const std::string& hint) const {
        throw Error(why, where, hint);
    }

    void analyseDrawing() {
        m_program.flat = flatten(m_project.graph, m_catalogue);
        for (const Problem& problem : m_program.flat.problems) throw Error(problem.message, {}, problem.hint);
        constexpr std::int64_t kAnyBatch = 2;  // nothing written depends on it
        m_program.analysis = analyse(m_program.flat.graph, m_catalogue, kAnyBatch, DType::Float32, false);
        for (const Problem& problem : m_program.analysis.problems)
            if (problem.severity == Severity::Error) throw Error(problem.message, {}, problem.hint);
        if (m_program.analysis.nodes.empty()) throw Error("the drawing is empty", {}, "Draw a network first");
    }

    const Node& drawn(const NodeAnalysis& node) const { return *m_program.flat.graph.find(node.id); }

    void findArguments() {
        for (const Edge& edge : m_program.flat.graph.edges()) {
            std::vector<PortRef>& from = m_inputs[edge.to.node];
            from.resize(std::max(from.size(), static_cast<std::size_t>(edge.to.port) + 1));
            from[static_cast<std::size_t>(edge.to.port)] = edge.from;
        }
        for (const NodeAnalysis* node : m_nodes)
            for (const PortRef& from : m_inputs[node->id]) m_read.insert(from.node);
    }

    static bool isInput(const NodeAnalysis& node) { return node.op->inputs.empty() && node.op->backward == nullptr; }
    static bool isLabels(const NodeAnalysis& node) {
        return isInput(node) && node.attributes.choice("source") == "labels";
    }

    // Losses and all else that cannot be told without labels are the objective's; the rest is the network.
    void findWhatWaitsForLabels() {
        for (const NodeAnalysis* node : m_nodes) {
            const auto waits = [&](const PortRef& from) { return m_late.contains(from.node); };
            if (isLabels(*node) || node->op->isLoss || std::ranges::any_of(m_inputs[node->id], waits))
                m_late.insert(node->id);
        }
    }

    SourceCode codeOf(const NodeAnalysis& node, std::string module, std::span<const std::string> arguments) const {
        const Converter convert = m_framework == SourceFramework::PyTorch ? node.op->toPyTorch : node.op->toKeras;
        SourceCode code;
        if (convert == nullptr)
            code.problem = "it has no counterpart there";
        else
            code = convert({node.attributes, node.inputs, node.inference, std::move(module), arguments});
        if (!code.problem.empty())
            refuse(drawn(node).name,
                   "the layer " + quoted(node.op->name) + " cannot be written in " +
                       std::string(frameworkName(m_framework)) + ": " + code.problem,
                   m_framework == SourceFramework::PyTorch ? "Replace or bypass it"
                                                           : "Replace or bypass it, or export PyTorch source");
        return code;
    }

    // What helpers define is no name for a value.
    void reserveHelpers() {
        for (const NodeAnalysis* node : m_nodes) {
            if (isInput(*node)) continue;
            const std::vector<std::string> any(node->inputs.size(), "x");
            for (const std::string& helper : codeOf(*node, "self.x", any).helpers) {
                if (std::ranges::find(m_program.helpers, helper) != m_program.helpers.end()) continue;
                m_program.helpers.push_back(helper);
                m_names.reserveDefinitions(helper);
            }
        }
    }

    void nameValues(const NodeAnalysis& node) {
        const std::string name = m_names.take(drawn(node).name);
        m_moduleNames[node.id] = name;
        std::vector<std::string>& values = m_values[node.id];
        if (node.inference.outputs.size() == 1) {
            values = {name};
            return;
        }
        for (std::size_t i = 0; i < node.inference.outputs.size(); ++i)
            values.push_back(m_names.take(name + "_" + std::to_string(i)));
    }

    std::vector<std::string> argumentsOf(const NodeAnalysis& node) {
        std::vector<std::string> arguments;
        for (const PortRef& from : m_inputs[node.id])
            arguments.push_back(m_values[from.node][static_cast<std::size_t>(from.port)]);
        return arguments;
    }

    // "residual1/2" of "residual1/2/conv1".
    std::string groupOf(const NodeAnalysis& node) const {
        const std::string& name = drawn(node).name;
        const std::size_t slash = name.rfind('/');
        return slash == std::string::npos ? "" : name.substr(0, slash);
    }

    void write(const NodeAnalysis& node) {
        const std::string& name = m_moduleNames[node.id];
        if (isInput(node)) {
            if (!m_read.contains(node.id)) return;
            (isLabels(node) ? m_program.labels : m_program.features).push_back({name, node.inference.outputs[0]});
            return;
        }
        const std::vector<std::string> arguments = argumentsOf(node);
        SourceCode code = codeOf(node, "self." + name, arguments);
        if (const NodeAnalysis* owner = moduleOwner(node, code)) {
            code = codeOf(node, "self." + m_moduleNames[owner->id], arguments);
        } else if (!code.construct.empty()) {
            m_program.modules.push_back({groupOf(node), "self." + name, code.construct});
            m_ownModules.insert(node.id);
        }
        auto& lines = m_late.contains(node.id) ? m_program.objective : m_program.network;
        lines.push_back({groupOf(node), joined(m_values[node.id], ", "), joined(code.results, ", "),
                         sampleText(node.inference.outputs[0])});
    }

    // The node whose module this one uses: that of all its parameters, where both would be constructed alike.
    const NodeAnalysis* moduleOwner(const NodeAnalysis& node, const SourceCode& code) {
        const std::vector<NodeId>& owners = node.parameterOwners;
        if (owners.empty() || owners[0] == node.id) return nullptr;
        if (std::ranges::any_of(owners, [&](NodeId id) { return id != owners[0]; })) return nullptr;
        const NodeAnalysis* owner = m_program.analysis.find(owners[0]);
        const std::vector<std::string> any(owner->inputs.size(), "x");
        return codeOf(*owner, "self.x", any).construct == code.construct ? owner : nullptr;
    }

    void writeWeights(const NodeAnalysis& node) {
        if (!m_ownModules.contains(node.id)) return;
        const std::string& name = m_moduleNames[node.id];
        const SourceCode code = codeOf(node, "self." + name, argumentsOf(node));
        for (const SourceCode::Weight& weight : code.weights) {
            const NodeId owner = node.parameterOwners[weight.parameters[0]];
            if (owner != node.id) {
                tie(node, weight, owner);
                continue;
            }
            std::string source = weight.convert;
            for (std::size_t i = weight.parameters.size(); i-- > 0;) {
                const std::string mark = "{" + std::to_string(i) + "}";
                const std::string drawnName =
                    drawn(node).name + "." + node.inference.parameters[weight.parameters[i]].name;
                for (std::size_t at = source.find(mark); at != std::string::npos; at = source.find(mark))
                    source.replace(at, mark.size(), "get(" + python(drawnName) + ")");
                const ParameterSpec& spec = node.inference.parameters[weight.parameters[i]];
                if (spec.trainable) m_program.trainable.push_back({drawnName, name + "." + weight.name, &spec});
            }
            m_program.weights.push_back({name + "." + weight.name, std::move(source)});
        }
    }

    // A weight that belongs to another kind of layer is the same tensor there, where both take it as it is.
    void tie(const NodeAnalysis& node, const SourceCode::Weight& weight, NodeId ownerId) {
        const NodeAnalysis& owner = *m_program.analysis.find(ownerId);
        const std::string& parameter = node.inference.parameters[weight.parameters[0]].name;
        const std::vector<std::string> any(owner.inputs.size(), "x");
        for (const SourceCode::Weight& theirs : codeOf(owner, "self.x", any).weights) {
            const bool same = owner.inference.parameters[theirs.parameters[0]].name == parameter &&
                              theirs.convert == weight.convert && theirs.parameters.size() == 1;
            if (!same || m_framework != SourceFramework::PyTorch) continue;
            m_program.ties.emplace_back(m_moduleNames[node.id] + "." + weight.name,
                                        m_moduleNames[ownerId] + "." + theirs.name);
            return;
        }
        refuse(drawn(node).name,
               "it shares " + quoted(parameter) + " with " + drawn(owner).name + ", another kind of layer, which " +
                   std::string(frameworkName(m_framework)) + " source cannot say",
               "Give it weights of its own");
    }

    // What the objective reads, then whatever nothing reads.
    void findOutputs() {
        const auto addOnce = [](std::vector<std::string>& list, const std::string& name) {
            if (std::ranges::find(list, name) == list.end()) list.push_back(name);
        };
        std::vector<std::string> inputs;
        for (const NodeAnalysis* node : m_nodes) {
            if (!m_late.contains(node->id)) continue;
            for (const PortRef& from : m_inputs[node->id]) {
                const NodeAnalysis& source = *m_program.analysis.find(from.node);
                const std::string& name = m_values[from.node][static_cast<std::size_t>(from.port)];
                if (isInput(source))
                    addOnce(inputs, name);
                else if (!m_late.contains(from.node))
                    addOnce(m_program.outputs, name);
            }
        }
        m_program.objectiveArguments = m_program.outputs;
        m_program.objectiveArguments.insert(m_program.objectiveArguments.end(), inputs.begin(), inputs.end());
        for (const NodeAnalysis* node : m_nodes)
            if (!isInput(*node) && !m_late.contains(node->id) && !m_read.contains(node->id))
                for (const std::string& name : m_values[node->id]) addOnce(m_program.outputs, name);
    }

    void sumLosses() {
        std::vector<std::string> terms;
        for (const NodeAnalysis* node : m_nodes) {
            if (!node->op->isLoss) continue;
            const double weight = node->attributes.real("weight");
            const std::string& name = m_values[node->id][0];
            terms.push_back(weight == 1 ? name : python(weight) + " * " + name);
        }
        m_program.total = joined(terms, " + ");
        if (terms.empty()) m_program.objective.clear();
    }

    const Project& m_project;
    SourceFramework m_framework;
    OpCatalogue m_catalogue;
    SourceProgram m_program;
    PythonNames m_names;
    std::vector<const NodeAnalysis*> m_nodes;
    std::unordered_map<NodeId, std::vector<PortRef>> m_inputs;
    std::unordered_map<NodeId, std::string> m_moduleNames;
    std::unordered_map<NodeId, std::vector<std::string>> m_values;
    std::unordered_set<NodeId> m_read, m_late, m_ownModules;
};
}  // namespace

SourceProgram sourceProgram(const Project& project, SourceFramework framework, const OpCatalogue& catalogue) {
    return Writer(project, framework, catalogue).run();
}

}  // namespace gradlens
