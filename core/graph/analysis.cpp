// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/analysis.h"

#include "core/graph/fold.h"

#include <queue>

#include <algorithm>
#include <functional>
#include <unordered_map>
#include <unordered_set>

namespace gradlens {

namespace {
// Values larger than this are a slip of the pen, not a network: 1 TiB.
constexpr std::int64_t kLargestValueBytes = std::int64_t{1} << 40;

class Analyser {
public:
    Analyser(const ModelGraph& graph, const OpCatalogue& catalogue, std::int64_t batchSize, DType realType,
             bool requireTraining)
        : m_graph(graph), m_catalogue(catalogue), m_realType(realType), m_requireTraining(requireTraining) {
        m_result.batchSize = batchSize;
    }

    GraphAnalysis run() {
        for (const Edge& edge : m_graph.edges()) m_incoming[edge.to.node].push_back(edge);
        findLosses();
        findNodesThatReachALoss();
        lookUpOps();
        orderNodes();
        for (const NodeId id : m_order) inferNode(*m_graph.find(id));
        for (NodeAnalysis& entry : m_result.nodes) findOwners(entry);
        for (const NodeAnalysis& entry : m_result.nodes) m_result.parameters += entry.parameterCount();
        if (m_requireTraining) checkObjective();
        putErrorsFirst();
        std::ranges::sort(m_result.places);
        return std::move(m_result);
    }

private:
    void report(NodeId node, int port, std::string message, std::string hint) {
        m_result.problems.push_back({node, port, std::move(message), {}, {}, std::move(hint), severityAt(node)});
    }

    // What makes the drawing unreadable as a whole stops it wherever it stands.
    void reportError(NodeId node, std::string message, std::string hint) {
        m_result.problems.push_back({node, -1, std::move(message), {}, {}, std::move(hint), Severity::Error});
    }

    // A fault of a node that takes no part in training does not stop the training of the others.
    Severity severityAt(NodeId node) const {
        return m_losses.empty() || node == NodeId::None || m_reachesLoss.contains(node) ? Severity::Error
                                                                                        : Severity::Warning;
    }

    void findLosses() {
        for (const Node& node : m_graph.nodes()) {
            const OpDefinition* op = m_catalogue.find(node.op);
            m_ops[node.id] = op;
            if (op != nullptr && op->isLoss) m_losses.push_back(node.id);
        }
    }

    void lookUpOps() {
        for (const Node& node : m_graph.nodes()) {
            if (m_ops[node.id] != nullptr) continue;
            const OpDefinition* nearest = m_catalogue.nearest(node.op);
            reportError(node.id, node.name + ": there is no op called '" + node.op + "'",
                        nearest != nullptr ? "Did you mean " + nearest->name + "?"
                                           : "`gradlens-cli ops` lists those there are.");
        }
    }

    void findNodesThatReachALoss() {
        std::vector<NodeId> open = m_losses;
        m_reachesLoss.insert(open.begin(), open.end());
        while (!open.empty()) {
            const NodeId id = open.back();
            open.pop_back();
            for (const Edge& edge : m_incoming[id])
                if (m_reachesLoss.insert(edge.from.node).second) open.push_back(edge.from.node);
        }
    }

    // Kahn's algorithm, smallest id first among those that are ready.
    void orderNodes() {
        std::unordered_map<NodeId, int> waitingFor;
        std::unordered_map<NodeId, std::vector<NodeId>> followers;
        for (const Edge& edge : m_graph.edges()) {
            ++waitingFor[edge.to.node];
            followers[edge.from.node].push_back(edge.to.node);
        }
        std::priority_queue<NodeId, std::vector<NodeId>, std::greater<>> ready;
        for (const Node& node : m_graph.nodes())
            if (waitingFor[node.id] == 0) ready.push(node.id);
        while (!ready.empty()) {
            const NodeId id = ready.top();
            ready.pop();
            m_order.push_back(id);
            for (const NodeId follower : followers[id])
                if (--waitingFor[follower] == 0) ready.push(follower);
        }
        if (m_order.size() < m_graph.nodes().size())
            findCycles(std::unordered_set<NodeId>(m_order.begin(), m_order.end()));
    }

    // Every node that is left has a predecessor that is left: walking back comes round, or into an earlier walk, which
    // did.
    void findCycles(const std::unordered_set<NodeId>& ordered) {
        std::unordered_set<NodeId> walked;
        for (const Node& start : m_graph.nodes()) {
            if (ordered.contains(start.id)) continue;
            std::vector<NodeId> walk;
            NodeId at = start.id;
            while (walked.insert(at).second) {
                walk.push_back(at);
                at = std::ranges::find_if(m_incoming[at], [&](const Edge& edge) {
                         return !ordered.contains(edge.from.node);
                     })->from.node;
            }
            const auto round = std::ranges::find(walk, at);
            if (round != walk.end()) reportCycle({round, walk.end()});
        }
    }

    // `backwards`: against the direction of the edges.
    void reportCycle(std::vector<NodeId> backwards) {
        constexpr std::size_t kMostNamed = 20;
        std::ranges::reverse(backwards);
        std::ranges::rotate(backwards, std::ranges::min_element(backwards));
        std::string path;
        for (std::size_t i = 0; i < backwards.size(); ++i) {
            if (i < kMostNamed || i + 1 == backwards.size()) path += m_graph.find(backwards[i])->name + " -> ";
            if (i == kMostNamed && i + 1 < backwards.size()) path += "... -> ";
        }
        path += m_graph.find(backwards.front())->name;
        reportError(backwards.front(), path + " form a cycle: a layer cannot wait for its own output",
                    "Remove one of these edges.");
    }

    void inferNode(const Node& node) {
        NodeAnalysis entry;
        entry.id = node.id;
        entry.op = m_ops[node.id];
        entry.reachesLoss = m_reachesLoss.contains(node.id);
        if (entry.op != nullptr) {
            const std::size_t problemsBefore = m_result.problems.size();
            std::vector<AttributeFault> faults;
            entry.attributes = completed(entry.op->attributes, node.attributes, &faults);
            for (const AttributeFault& fault : faults)
                report(node.id, -1, node.name + ": " + fault.attribute + " " + fault.message,
                       "Correct the attribute in the property form.");
            const bool inputsKnown = collectInputs(node, entry);
            if (entry.op->infer == nullptr) {
                report(node.id, -1, node.name + ": a " + node.op + " has its place inside a block only",
                       "Delete it here.");
            } else if (inputsKnown && m_result.problems.size() == problemsBefore) {
                entry.inference = entry.op->infer(entry.attributes, entry.inputs);
                finishInference(node, entry);
            }
        }
        if (entry.known) {
            m_result.forwardFlops += entry.cost.forward.flops;
        }
        m_indexOf[node.id] = m_result.nodes.size();
        m_result.places.emplace_back(node.id, m_result.nodes.size());
        m_result.nodes.push_back(std::move(entry));
    }

    // Whose parameters the node uses: its own, or as far as names and shapes agree those of the node it shares with.
    void findOwners(NodeAnalysis& entry) {
        entry.parameterOwners.assign(entry.inference.parameters.size(), entry.id);
        const Node& node = *m_graph.find(entry.id);
        if (node.sharesWith == NodeId::None || !entry.known || entry.inference.parameters.empty()) return;
        const Node* root = m_graph.find(node.sharesWith);
        for (std::size_t hops = 0; root != nullptr && root->sharesWith != NodeId::None; ++hops) {
            if (hops > m_graph.nodes().size() || root->id == node.id) {
                report(node.id, -1, node.name + ": shares its parameters in a circle",
                       "Let one of the nodes have parameters of its own.");
                return;
            }
            root = m_graph.find(root->sharesWith);
        }
        const auto place = root == nullptr ? m_indexOf.end() : m_indexOf.find(root->id);
        if (place == m_indexOf.end() || !m_result.nodes[place->second].known) return;  // a problem there
        const std::vector<ParameterSpec>& theirs = m_result.nodes[place->second].inference.parameters;
        const auto fits = [](const ParameterSpec& a, const ParameterSpec& b) {
            return a.name == b.name && a.shape == b.shape && a.trainable == b.trainable;
        };
        bool any = false;
        for (std::size_t i = 0; i < entry.parameterOwners.size(); ++i) {
            const ParameterSpec& mine = entry.inference.parameters[i];
            if (std::ranges::none_of(theirs, [&](const ParameterSpec& other) { return fits(mine, other); })) continue;
            entry.parameterOwners[i] = root->id;
            any = true;
        }
        if (!any)
            report(node.id, -1,
                   node.name + ": shares parameters with " + root->name + ", but has none of the same name and shape" +
                       unlike(entry, theirs),
                   "Give both layers the same sizes, or let it have parameters of its own.");
    }

    // " (weight is 3x4 here and 3x5 there)"
    static std::string unlike(const NodeAnalysis& entry, const std::vector<ParameterSpec>& theirs) {
        for (const ParameterSpec& mine : entry.inference.parameters)
            for (const ParameterSpec& other : theirs)
                if (other.name == mine.name)
                    return " (" + mine.name + " is " + mine.shape.toString() + " here and " + other.shape.toString() +
                           " there)";
        return {};
    }

    // False when a type is missing: either said here, or the fault of a node upstream.
    bool collectInputs(const Node& node, NodeAnalysis& entry) {
        const auto& ports = entry.op->inputs;
        const int fixed = static_cast<int>(ports.size()) - (!ports.empty() && ports.back().variadic ? 1 : 0);
        const bool variadic = fixed < static_cast<int>(ports.size());
        bool known = true;
        const auto& incoming = m_incoming[node.id];
        const auto take = [&](const Edge& edge, const PortSpec& port) {
            const TensorType* type = typeOf(edge.from);
            if (type == nullptr) {
                known = false;
                checkOutputIsThere(node, edge);
                return;
            }
            known = checkKind(node, edge, port, *type) && known;
            entry.inputs.push_back(*type);
        };
        for (int i = 0; i < fixed; ++i) {
            const auto edge = m_graph.edgeInto({node.id, i});
            const PortSpec& port = ports[static_cast<std::size_t>(i)];
            if (edge) {
                take(*edge, port);
            } else if (!port.optional) {
                known = false;
                report(node.id, i, node.name + ": nothing is connected to its input '" + port.name + "'",
                       "Drag an edge from another layer's output to this port.");
            }
        }
        int extra = 0;
        for (const Edge& edge : incoming) {
            if (edge.to.port >= 0 && edge.to.port < fixed) continue;
            if (variadic && edge.to.port >= fixed) {
                ++extra;
                take(edge, ports.back());
            } else {
                known = false;
                report(node.id, edge.to.port, node.name + ": has no input number " + std::to_string(edge.to.port + 1),
                       "Remove this edge.");
            }
        }
        if (variadic && extra == 0) {
            known = false;
            report(node.id, fixed, node.name + ": nothing is connected to its inputs",
                   "Connect the layers that it joins.");
        }
        return known;
    }

    void checkOutputIsThere(const Node& node, const Edge& edge) {
        const Node& source = *m_graph.find(edge.from.node);
        const OpDefinition* op = m_ops[source.id];
        if (op == nullptr) return;
        const int count = outputCountOf(*op, completed(op->attributes, source.attributes, nullptr));
        if (edge.from.port >= 0 && edge.from.port < count) return;
        report(node.id, edge.to.port,
               node.name + ": is connected to output number " + std::to_string(edge.from.port + 1) + " of " +
                   source.name + ", which has " + std::to_string(count),
               "Remove this edge.");
    }

    bool checkKind(const Node& node, const Edge& edge, const PortSpec& port, const TensorType& type) {
        if (isReal(type.dtype) == (port.kind == PortKind::Real)) return true;
        const Node& source = *m_graph.find(edge.from.node);
        const bool wantsReal = port.kind == PortKind::Real;
        Problem problem{node.id, edge.to.port, {}, {}, {}, {}, severityAt(node.id)};
        problem.expected = wantsReal ? "real numbers" : "class numbers";
        problem.got = (wantsReal ? "class numbers from " : "real numbers from ") + source.name;
        problem.message =
            node.name + ": input '" + port.name + "' expects " + problem.expected + ", but gets " + problem.got;
        problem.hint = wantsReal ? "Connect features or another layer's output."
                                 : "Connect an Input whose source is labels and whose values are class.";
        m_result.problems.push_back(std::move(problem));
        return false;
    }

    void finishInference(const Node& node, NodeAnalysis& entry) {
        for (OpProblem& found : entry.inference.problems) {
            Problem problem{node.id,
                            portOfInput(node.id, found.port),
                            node.name + ": " + found.message,
                            found.expected,
                            found.got,
                            found.hint,
                            severityAt(node.id)};
            if (!found.expected.empty() && !found.got.empty())
                problem.message += " (expected " + found.expected + ", got " + found.got + ")";
            m_result.problems.push_back(std::move(problem));
        }
        if (!entry.inference.problems.empty()) return;
        if (entry.op->inputs.empty())
            for (TensorType& output : entry.inference.outputs) output.shape.set(0, m_result.batchSize);
        decidePrecision(entry.inference, entry.inputs, m_realType);
        if (!fitsMemory(node, entry)) {
            entry.inference = {};  // nobody is to multiply these sizes
            return;
        }
        entry.cost = entry.op->cost(entry.attributes, entry.inputs, entry.inference);
        entry.known = true;
    }

    // Ops count the edges that there are; among the ports of a variadic input there may be gaps.
    int portOfInput(NodeId id, int input) const {
        const auto incoming = m_incoming.find(id);
        if (input < 0 || incoming == m_incoming.end() || static_cast<std::size_t>(input) >= incoming->second.size())
            return input;
        return incoming->second[static_cast<std::size_t>(input)].to.port;
    }

    bool fitsMemory(const Node& node, const NodeAnalysis& entry) {
        const auto tooLarge = [](const Shape& shape) {
            const auto elements = shape.checkedElements();
            return !elements || *elements > kLargestValueBytes / static_cast<std::int64_t>(sizeof(double));
        };
        for (const TensorType& output : entry.inference.outputs) {
            if (!tooLarge(output.shape)) continue;
            report(node.id, -1,
                   node.name + ": its output would have the shape " + output.shape.toString() +
                       ", which no machine can hold",
                   "Reduce its size or the batch.");
            return false;
        }
        for (const ParameterSpec& parameter : entry.inference.parameters) {
            if (!tooLarge(parameter.shape)) continue;
            report(node.id, -1,
                   node.name + ": its " + parameter.name + " would have the shape " + parameter.shape.toString() +
                       ", which no machine can hold",
                   "Reduce its size.");
            return false;
        }
        for (const TensorType& saved : entry.inference.saved) {
            if (!tooLarge(saved.shape)) continue;
            report(node.id, -1,
                   node.name + ": what it keeps for the way back would have the shape " + saved.shape.toString() +
                       ", which no machine can hold",
                   "Reduce its size or the batch.");
            return false;
        }
        return true;
    }

    void checkObjective() {
        if (m_graph.nodes().empty()) {
            report(NodeId::None, -1, "The drawing is empty", "Drag an Input from the palette to begin.");
            return;
        }
        if (m_losses.empty()) {
            report(NodeId::None, -1, "There is no loss to minimise",
                   "Add a loss, such as SoftmaxCrossEntropy, behind the last layer.");
            return;
        }
        bool features = false;
        std::int64_t parameters = 0;
        for (const NodeAnalysis& entry : m_result.nodes) {
            if (entry.op == nullptr) continue;
            if (!entry.reachesLoss) {
                report(entry.id, -1,
                       m_graph.find(entry.id)->name + ": is not connected to the loss and takes no part in training",
                       "Connect it towards the loss, or delete it.");
                continue;
            }
            if (entry.op->inputs.empty() && entry.attributes.choice("source") == "features") features = true;
            if (entry.known) parameters += entry.parameterCount();
        }
        if (!features)
            report(m_losses[0], -1, "No features reach the loss",
                   "Connect an Input whose source is features through the layers to the loss.");
        if (parameters == 0 && m_result.valid())
            report(m_losses[0], -1, "There is nothing to train: no layer has parameters",
                   "Add a Dense or Conv2D layer.");
    }

    void putErrorsFirst() {
        std::vector<Problem> ordered;
        for (const Severity severity : {Severity::Error, Severity::Warning})
            std::ranges::copy_if(m_result.problems, std::back_inserter(ordered),
                                 [&](const Problem& problem) { return problem.severity == severity; });
        m_result.problems = std::move(ordered);
    }

    const TensorType* typeOf(PortRef output) const {
        const auto found = m_indexOf.find(output.node);
        if (found == m_indexOf.end()) return nullptr;
        const NodeAnalysis& entry = m_result.nodes[found->second];
        const auto port = static_cast<std::size_t>(output.port);
        return entry.known && port < entry.inference.outputs.size() ? &entry.inference.outputs[port] : nullptr;
    }

    const ModelGraph& m_graph;
    const OpCatalogue& m_catalogue;
    DType m_realType;
    bool m_requireTraining;
    GraphAnalysis m_result;
    std::unordered_map<NodeId, const OpDefinition*> m_ops;
    std::unordered_map<NodeId, std::vector<Edge>> m_incoming;
    std::unordered_map<NodeId, std::size_t> m_indexOf;
    std::unordered_set<NodeId> m_reachesLoss;
    std::vector<NodeId> m_losses;
    std::vector<NodeId> m_order;
};
}  // namespace

std::int64_t NodeAnalysis::parameterCount() const {
    std::int64_t count = 0;
    for (std::size_t i = 0; i < inference.parameters.size(); ++i) {
        const bool shared = i < parameterOwners.size() && parameterOwners[i] != id;
        if (inference.parameters[i].trainable && !shared) count += inference.parameters[i].shape.elements();
    }
    return count;
}

const NodeAnalysis* GraphAnalysis::find(NodeId id) const {
    const auto found = std::ranges::lower_bound(places, id, {}, &std::pair<NodeId, std::size_t>::first);
    return found == places.end() || found->first != id ? nullptr : &nodes[found->second];
}

const TensorType* GraphAnalysis::typeOf(PortRef output) const {
    const NodeAnalysis* node = find(output.node);
    const auto port = static_cast<std::size_t>(output.port);
    return node != nullptr && node->known && port < node->inference.outputs.size() ? &node->inference.outputs[port]
                                                                                   : nullptr;
}

bool GraphAnalysis::valid() const {
    return std::ranges::none_of(problems, [](const Problem& problem) { return problem.severity == Severity::Error; });
}

GraphAnalysis analyse(const ModelGraph& graph, const OpCatalogue& catalogue, std::int64_t batchSize, DType realType,
                      bool requireTraining) {
    if (isFlat(graph, catalogue)) return Analyser(graph, catalogue, batchSize, realType, requireTraining).run();
    const FlatDrawing flat = flatten(graph, catalogue);
    return folded(graph, catalogue, flat, Analyser(flat.graph, catalogue, batchSize, realType, requireTraining).run());
}

}  // namespace gradlens
