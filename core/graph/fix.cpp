// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/fix.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace gradlens {

namespace {
constexpr double kStep = 120;  // from a node to the one below where nothing tells the drawing's own step

class Fixer {
public:
    Fixer(const ModelGraph& drawing, const OpCatalogue& catalogue, const Fix& fix)
        : m_graph(drawing), m_catalogue(catalogue), m_fix(fix) {}

    ModelGraph run() {
        if (m_graph.find(m_fix.node) == nullptr) return m_graph;
        switch (m_fix.kind) {
            case Fix::Kind::InsertBefore:
                insertBefore();
                break;
            case Fix::Kind::InsertAfter:
                insertAfter();
                break;
            case Fix::Kind::SetAttributes:
                setAttributes();
                break;
            case Fix::Kind::Remove:
                remove();
                break;
            case Fix::Kind::Replace:
                replace();
                break;
            case Fix::Kind::AddLoss:
                addLoss();
                break;
            case Fix::Kind::SetTraining:
            case Fix::Kind::SetData:
                break;
        }
        return std::move(m_graph);
    }

private:
    bool flowsRight() const { return m_graph.style().flow == DrawingStyle::Flow::Right; }
    double along(Point point) const { return flowsRight() ? point.x : point.y; }
    Point moved(Point point, double by) const {
        (flowsRight() ? point.x : point.y) += by;
        return point;
    }

    NodeId add(const std::string& op, Attributes attributes, Point position) {
        const OpDefinition* definition = m_catalogue.find(op);
        Node node;
        node.op = op;
        node.name =
            m_graph.uniqueName(definition == nullptr || definition->baseName.empty() ? op : definition->baseName);
        node.attributes = std::move(attributes);
        node.position = position;
        return m_graph.add(std::move(node));
    }

    // Moves a node, and all that comes after it, on by a step.
    void pushFrom(const std::vector<NodeId>& first, double by) {
        std::unordered_map<NodeId, std::vector<NodeId>> followers;
        for (const Edge& edge : m_graph.edges()) followers[edge.from.node].push_back(edge.to.node);
        std::unordered_set<NodeId> pushed(first.begin(), first.end());
        std::vector<NodeId> open = first;
        while (!open.empty()) {
            const NodeId id = open.back();
            open.pop_back();
            m_graph.move(id, moved(m_graph.find(id)->position, by));
            for (const NodeId follower : followers[id])
                if (pushed.insert(follower).second) open.push_back(follower);
        }
    }

    double stepBetween(Point from, Point to) const {
        const double step = along(to) - along(from);
        return step > 1 ? std::min(step, 2 * kStep) : kStep;
    }

    void insertBefore() {
        const OpDefinition* op = m_catalogue.find(m_fix.op);
        if (op == nullptr) return;
        const PortRef into{m_fix.node, m_fix.port};
        const Point at = m_graph.find(m_fix.node)->position;
        const auto edge = m_graph.edgeInto(into);
        if (op->inputs.empty()) {
            // What feeds a port that nothing came into stands beside what feeds the others.
            const NodeId source = add(m_fix.op, m_fix.attributes, beside(moved(at, -kStep)));
            m_graph.connect({{source, 0}, into});
            return;
        }
        if (!edge) return;
        const double step = stepBetween(m_graph.find(edge->from.node)->position, at);
        pushFrom({m_fix.node}, step);
        const NodeId between = add(m_fix.op, m_fix.attributes, at);
        m_graph.connect({edge->from, {between, 0}});
        m_graph.connect({{between, 0}, into});
    }

    // The place, or the first beside it where no node is.
    Point beside(Point wanted) const {
        const auto taken = [&](const Node& node) {
            return std::abs(node.position.x - wanted.x) < 200 && std::abs(node.position.y - wanted.y) < 80;
        };
        while (std::ranges::any_of(m_graph.nodes(), taken)) (flowsRight() ? wanted.y : wanted.x) += 240;
        return wanted;
    }

    std::vector<Edge> readersOf(PortRef output) const {
        std::vector<Edge> readers;
        std::ranges::copy_if(m_graph.edges(), std::back_inserter(readers),
                             [&](const Edge& edge) { return edge.from == output; });
        return readers;
    }

    void insertAfter() {
        const OpDefinition* op = m_catalogue.find(m_fix.op);
        if (op == nullptr || op->inputs.empty()) return;
        const PortRef output{m_fix.node, m_fix.port};
        const Point at = m_graph.find(m_fix.node)->position;
        const std::vector<Edge> readers = readersOf(output);
        std::vector<NodeId> followers;
        double step = kStep;
        for (const Edge& edge : readers) {
            step = stepBetween(at, m_graph.find(edge.to.node)->position);
            if (std::ranges::find(followers, edge.to.node) == followers.end()) followers.push_back(edge.to.node);
        }
        pushFrom(followers, step);
        const NodeId behind = add(m_fix.op, m_fix.attributes, moved(at, step));
        m_graph.connect({output, {behind, 0}});
        for (const Edge& edge : readers) m_graph.connect({{behind, 0}, edge.to});
    }

    void setAttributes() {
        Attributes attributes = m_graph.find(m_fix.node)->attributes;
        const OpDefinition* op = m_catalogue.find(m_graph.find(m_fix.node)->op);
        for (const auto& [name, value] : m_fix.attributes.entries()) {
            const auto isDefault = [&](const AttributeSpec& spec) {
                return spec.name == name && spec.defaultValue == value;
            };
            if (op != nullptr && std::ranges::any_of(op->attributes, isDefault))
                attributes.remove(name);
            else
                attributes.set(name, value);
        }
        m_graph.setAttributes(m_fix.node, std::move(attributes));
    }

    void remove() {
        const auto source = m_graph.edgeInto({m_fix.node, 0});
        const std::vector<Edge> readers = readersOf({m_fix.node, 0});
        m_graph.remove(m_fix.node);
        if (!source) return;
        for (const Edge& edge : readers)
            if (edge.to.node != m_fix.node) m_graph.connect({source->from, edge.to});
    }

    void replace() {
        const OpDefinition* op = m_catalogue.find(m_fix.op);
        if (op == nullptr) return;
        Node node = *m_graph.find(m_fix.node);
        node.op = m_fix.op;
        node.attributes = m_fix.attributes;
        const bool variadic = !op->inputs.empty() && op->inputs.back().variadic;
        const int outputs = outputCountOf(*op, completed(op->attributes, node.attributes, nullptr));
        for (const Edge& edge : m_graph.edgesOf(node.id)) {
            const bool fits = edge.to.node == node.id ? variadic || edge.to.port < static_cast<int>(op->inputs.size())
                                                      : edge.from.port < outputs;
            if (!fits) m_graph.disconnect(edge.to);
        }
        replaceNode(m_graph, std::move(node));
    }

    void addLoss() {
        const OpDefinition* op = m_catalogue.find(m_fix.op);
        if (op == nullptr || !op->isLoss) return;
        const Point at = m_graph.find(m_fix.node)->position;
        const NodeId loss = add(m_fix.op, m_fix.attributes, beside(moved(at, kStep)));
        const int prediction = op->accuracy ? op->accuracy->scores : 0;
        m_graph.connect({{m_fix.node, m_fix.port}, {loss, prediction}});
        if (op->inputs.size() < 2) return;
        const int target = op->accuracy ? op->accuracy->labels : 1;
        const bool real = op->inputs[static_cast<std::size_t>(target)].kind == PortKind::Real;
        if (const auto labels = spareLabels(real)) {
            m_graph.connect({{*labels, 0}, {loss, target}});
            return;
        }
        const NodeId labels = add("Input",
                                  {{"source", std::string("labels")},
                                   {"shape", targetShape(real)},
                                   {"values", std::string(real ? "real" : "class")}},
                                  beside(at));
        m_graph.connect({{labels, 0}, {loss, target}});
    }

    // Labels that are drawn already and wait to be read.
    std::optional<NodeId> spareLabels(bool real) const {
        const OpDefinition* input = m_catalogue.find("Input");
        for (const Node& node : m_graph.nodes()) {
            if (node.op != "Input" || !readersOf({node.id, 0}).empty()) continue;
            const Attributes attributes = completed(input->attributes, node.attributes, nullptr);
            if (attributes.choice("source") == "labels" && (attributes.choice("values") == "real") == real)
                return node.id;
        }
        return std::nullopt;
    }

    // Targets are shaped like the prediction; classes lack its axis of scores.
    IntegerList targetShape(bool real) const {
        const GraphAnalysis analysis = analyse(m_graph, m_catalogue, 1, DType::Float32, false);
        const TensorType* prediction = analysis.typeOf({m_fix.node, m_fix.port});
        IntegerList shape;
        if (prediction == nullptr) return shape;
        for (int axis = real ? 1 : 2; axis < prediction->shape.rank(); ++axis) shape.push_back(prediction->shape[axis]);
        return shape;
    }

    ModelGraph m_graph;
    const OpCatalogue& m_catalogue;
    const Fix& m_fix;
};
}  // namespace

bool changesDrawing(const Fix& fix) {
    return fix.kind != Fix::Kind::SetTraining && fix.kind != Fix::Kind::SetData;
}

void replaceNode(ModelGraph& graph, Node node) {
    const NodeId id = node.id;
    const std::vector<Edge> edges = graph.edgesOf(id);
    std::vector<NodeId> sharers;
    for (const Node& other : graph.nodes())
        if (other.sharesWith == id) sharers.push_back(other.id);
    graph.remove(id);
    graph.restore(std::move(node));
    for (const Edge& edge : edges) graph.connect(edge);
    for (const NodeId sharer : sharers) graph.share(sharer, id);
}

ModelGraph fixed(const ModelGraph& drawing, const OpCatalogue& catalogue, const Fix& fix) {
    return Fixer(drawing, catalogue, fix).run();
}

}  // namespace gradlens
