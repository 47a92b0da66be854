// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/block_making.h"

#include "core/graph/block_parameters.h"
#include "core/graph/flatten.h"

#include <queue>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace gradlens {

namespace {
using Ids = std::set<NodeId>;

// Sources before what reads them; of a drawing with a cycle what stands on it comes last, by id.
std::vector<NodeId> inOrder(const ModelGraph& graph) {
    std::map<NodeId, int> waitingFor;
    std::multimap<NodeId, NodeId> followers;
    for (const Edge& edge : graph.edges()) {
        ++waitingFor[edge.to.node];
        followers.emplace(edge.from.node, edge.to.node);
    }
    std::priority_queue<NodeId, std::vector<NodeId>, std::greater<>> ready;
    for (const Node& node : graph.nodes())
        if (waitingFor[node.id] == 0) ready.push(node.id);
    std::vector<NodeId> order;
    while (!ready.empty()) {
        const NodeId id = ready.top();
        ready.pop();
        order.push_back(id);
        const auto [first, last] = followers.equal_range(id);
        for (auto follower = first; follower != last; ++follower)
            if (--waitingFor[follower->second] == 0) ready.push(follower->second);
    }
    const Ids placed(order.begin(), order.end());
    for (const Node& node : graph.nodes())
        if (!placed.contains(node.id)) order.push_back(node.id);
    return order;
}

// A node outside `inside` through which a way leads from it back into it.
NodeId detour(const ModelGraph& graph, const Ids& inside) {
    std::multimap<NodeId, NodeId> next;
    for (const Edge& edge : graph.edges()) next.emplace(edge.from.node, edge.to.node);
    Ids outside;
    std::vector<NodeId> open(inside.begin(), inside.end());
    while (!open.empty()) {
        const NodeId at = open.back();
        open.pop_back();
        const auto [first, last] = next.equal_range(at);
        for (auto way = first; way != last; ++way) {
            if (inside.contains(way->second)) {
                if (!inside.contains(at)) return at;
            } else if (outside.insert(way->second).second) {
                open.push_back(way->second);
            }
        }
    }
    return NodeId::None;
}

int outputsOf(const OpCatalogue& catalogue, const Node& node) {
    const OpDefinition* op = catalogue.find(node.op);
    return op == nullptr ? 1 : outputCountOf(*op, completed(op->attributes, node.attributes, nullptr));
}

bool givesSomething(const ModelGraph& graph, const OpCatalogue& catalogue, std::span<const NodeId> nodes) {
    return std::ranges::any_of(nodes, [&](NodeId id) { return outputsOf(catalogue, *graph.find(id)) > 0; });
}

bool flowsRight(const ModelGraph& graph) {
    return graph.style().flow == DrawingStyle::Flow::Right;
}

double along(Point point, bool right) {
    return right ? point.x : point.y;
}
double across(Point point, bool right) {
    return right ? point.y : point.x;
}
Point pointAt(double alongTheFlow, double acrossIt, bool right) {
    return right ? Point{alongTheFlow, acrossIt} : Point{acrossIt, alongTheFlow};
}

struct Extent {
    double firstAlong = 0, lastAlong = 0, firstAcross = 0, lastAcross = 0;
};
Extent extentOf(const std::vector<Point>& points, bool right) {
    Extent extent{1e300, -1e300, 1e300, -1e300};
    for (const Point point : points) {
        extent.firstAlong = std::min(extent.firstAlong, along(point, right));
        extent.lastAlong = std::max(extent.lastAlong, along(point, right));
        extent.firstAcross = std::min(extent.firstAcross, across(point, right));
        extent.lastAcross = std::max(extent.lastAcross, across(point, right));
    }
    return extent;
}

// Turns nodes of a drawing into a block.
class Maker {
public:
    Maker(const ModelGraph& graph, const OpCatalogue& catalogue, std::span<const NodeId> nodes,
          std::span<const AttributeSpec> parametersAround, CardStep step)
        : m_graph(graph),
          m_catalogue(catalogue),
          m_around(parametersAround),
          m_step(step),
          m_right(flowsRight(graph)),
          m_inside(nodes.begin(), nodes.end()) {
        for (const NodeId id : inOrder(graph))
            if (m_inside.contains(id)) m_order.push_back(id);
        std::vector<Point> places;
        for (const NodeId id : m_order) places.push_back(graph.find(id)->position);
        m_extent = extentOf(places, m_right);
    }

    MadeBlock run(const std::string& name) {
        m_made.block.name = name;
        m_made.block.baseName = baseNameOf(name);
        m_made.block.summary = summary();
        m_made.block.graph.setStyle(m_graph.style());
        findPorts();
        addInputs();
        addNodes();
        addOutputs();
        replace();
        return std::move(m_made);
    }

private:
    // "Conv2D, BatchNorm and ReLU": what stands in it, until the user says it better.
    std::string summary() const {
        constexpr std::size_t kMostNamed = 4;
        std::vector<std::string> kinds;
        for (const NodeId id : m_order)
            if (const std::string& op = m_graph.find(id)->op; std::ranges::find(kinds, op) == kinds.end())
                kinds.push_back(op);
        std::string text;
        for (std::size_t i = 0; i < std::min(kinds.size(), kMostNamed); ++i)
            text += (i == 0 ? "" : i + 1 == kinds.size() && kinds.size() <= kMostNamed ? " and " : ", ") + kinds[i];
        return text + (kinds.size() > kMostNamed ? " and more." : ".");
    }

    void findPorts() {
        for (const NodeId id : m_order)
            for (const Edge& edge : m_graph.edgesOf(id))
                if (edge.to.node == id && !m_inside.contains(edge.from.node) &&
                    std::ranges::find(m_sources, edge.from) == m_sources.end()) {
                    m_sources.push_back(edge.from);
                    m_readers.push_back(edge.to);
                }
        const auto take = [&](const auto& wanted) {
            for (auto id = m_order.rbegin(); id != m_order.rend(); ++id)
                for (int port = 0; port < outputsOf(m_catalogue, *m_graph.find(*id)); ++port)
                    if (wanted(PortRef{*id, port})) m_results.push_back({*id, port});
        };
        take([&](PortRef output) {
            return std::ranges::any_of(m_graph.edges(), [&](const Edge& edge) {
                return edge.from == output && !m_inside.contains(edge.to.node);
            });
        });
        if (!m_results.empty()) return;
        take([&](PortRef output) {
            return std::ranges::none_of(m_graph.edges(),
                                        [&](const Edge& edge) { return edge.from.node == output.node; });
        });
        if (m_results.empty()) take([&](PortRef output) { return output.port == 0; });
    }

    // Of a port, beside the names of the nodes that come in.
    std::string portName(const std::string& wanted) const {
        const auto taken = [&](const std::string& name) {
            return m_made.block.graph.findByName(name) != nullptr ||
                   std::ranges::any_of(m_order, [&](NodeId id) { return m_graph.find(id)->name == name; });
        };
        if (!taken(wanted)) return wanted;
        for (int number = 2;; ++number)
            if (std::string name = wanted + std::to_string(number); !taken(name)) return name;
    }

    Point inBlock(Point outside) const {
        return pointAt(along(outside, m_right) - m_extent.firstAlong + m_step.along,
                       across(outside, m_right) - m_extent.firstAcross, m_right);
    }

    // In line with `beside`, or the first free place next to it.
    Point portPlace(double alongTheFlow, Point beside) const {
        Point place = pointAt(alongTheFlow, across(beside, m_right), m_right);
        const auto taken = [&](const Node& node) {
            return std::abs(along(node.position, m_right) - alongTheFlow) < 1 &&
                   std::abs(across(node.position, m_right) - across(place, m_right)) < m_step.across;
        };
        while (std::ranges::any_of(m_made.block.graph.nodes(), taken))
            place = pointAt(alongTheFlow, across(place, m_right) + m_step.across, m_right);
        return place;
    }

    void addPort(std::string_view op, const std::string& name, Point place) {
        Node port;
        port.op = op;
        port.name = portName(name);
        port.position = place;
        m_ports.push_back(m_made.block.graph.add(std::move(port)));
    }

    void addInputs() {
        for (const PortRef& reader : m_readers) {
            const Node& node = *m_graph.find(reader.node);
            const OpDefinition* op = m_catalogue.find(node.op);
            const auto port = static_cast<std::size_t>(reader.port);
            const bool named =
                op != nullptr && m_readers.size() > 1 && port < op->inputs.size() && !op->inputs[port].variadic;
            addPort(kBlockInput, named ? op->inputs[port].name : "input", portPlace(0, inBlock(node.position)));
        }
    }

    void addNodes() {
        ModelGraph& block = m_made.block.graph;
        for (const Node& outside : m_graph.nodes()) {
            if (!m_inside.contains(outside.id)) continue;
            Node node = outside;
            node.position = inBlock(outside.position);
            node.sharesWith = NodeId::None;
            takeParameters(node);
            m_idOf[outside.id] = block.add(std::move(node));
        }
        for (const auto& [outside, id] : m_idOf)
            if (const NodeId with = m_graph.find(outside)->sharesWith; with != NodeId::None)
                block.share(id, m_idOf.at(with));
        for (const Edge& edge : m_graph.edges()) {
            if (!m_inside.contains(edge.to.node)) continue;
            const PortRef to{m_idOf.at(edge.to.node), edge.to.port};
            if (m_inside.contains(edge.from.node)) {
                block.connect({{m_idOf.at(edge.from.node), edge.from.port}, to});
            } else {
                const auto source = std::ranges::find(m_sources, edge.from) - m_sources.begin();
                block.connect({{m_ports[static_cast<std::size_t>(source)], 0}, to});
            }
        }
    }

    void takeParameters(const Node& node) {
        const auto take = [&](const AttributeValue& value) {
            if (!isExpression(value)) return;
            for (const std::string& name : namesIn(std::get<std::string>(value))) {
                const auto spec = std::ranges::find(m_around, name, &AttributeSpec::name);
                std::vector<AttributeSpec>& own = m_made.block.parameters;
                if (spec == m_around.end() || std::ranges::find(own, name, &AttributeSpec::name) != own.end()) continue;
                own.push_back(*spec);
                m_given.set(name, AttributeValue('$' + name));
            }
        };
        take(node.op);
        for (const auto& [name, value] : node.attributes.entries()) take(value);
    }

    void addOutputs() {
        const double behind = m_extent.lastAlong - m_extent.firstAlong + 2 * m_step.along;
        for (const PortRef& result : m_results) {
            const Node& node = *m_graph.find(result.node);
            const OpDefinition* op = m_catalogue.find(node.op);
            const bool named = op != nullptr && m_results.size() > 1 && op->outputs.size() > 1;
            addPort(kBlockOutput, named ? outputNameOf(*op, result.port) : "output",
                    portPlace(behind, inBlock(node.position)));
            m_made.block.graph.connect({{m_idOf.at(result.node), result.port}, {m_ports.back(), 0}});
        }
    }

    void replace() {
        ModelGraph& graph = m_made.graph = m_graph;
        for (const NodeId id : m_order) graph.remove(id);
        constexpr double kGrid = 8;
        const auto middle = [](double first, double last) { return std::round((first + last) / 2 / kGrid) * kGrid; };
        Node node;
        node.op = m_made.block.name;
        node.name = graph.uniqueName(m_made.block.baseName);
        node.attributes = m_given;
        node.position = pointAt(middle(m_extent.firstAlong, m_extent.lastAlong),
                                middle(m_extent.firstAcross, m_extent.lastAcross), m_right);
        m_made.node = graph.add(std::move(node));
        for (std::size_t port = 0; port < m_sources.size(); ++port)
            graph.connect({m_sources[port], {m_made.node, static_cast<int>(port)}});
        for (const Edge& edge : m_graph.edges()) {
            if (!m_inside.contains(edge.from.node) || m_inside.contains(edge.to.node)) continue;
            const auto result = std::ranges::find(m_results, edge.from) - m_results.begin();
            graph.connect({{m_made.node, static_cast<int>(result)}, edge.to});
        }
    }

    const ModelGraph& m_graph;
    const OpCatalogue& m_catalogue;
    std::span<const AttributeSpec> m_around;
    CardStep m_step;
    bool m_right;
    Ids m_inside;
    std::vector<NodeId> m_order;
    Extent m_extent;
    std::vector<PortRef> m_sources, m_readers, m_results;  // readers: who needs each source first
    std::vector<NodeId> m_ports;                           // inputs, then outputs
    std::map<NodeId, NodeId> m_idOf;                       // in the block
    Attributes m_given;
    MadeBlock m_made;
};

// The name under which the block to dissolve unfolds, alone: no block can have it.
constexpr const char* kAlone = "this block";

// The block's drawing as it is to stand outside, and the attributes that say how often.
Block unfolding(const Block& block, const Attributes& given, const OpDefinition& op) {
    Attributes values = completed(op.attributes, given, nullptr);
    for (const auto& [name, value] : given.entries())
        if (isExpression(value)) values.set(name, value);
    Block result;
    result.name = kAlone;
    for (Node node : block.graph.nodes()) {
        node.sharesWith = NodeId::None;
        node.bypassed = false;
        const Attributes drawn = node.attributes;
        for (const auto& [name, value] : drawn.entries())
            if (isExpression(value)) node.attributes.set(name, withParameters(std::get<std::string>(value), values));
        if (isExpression(node.op))
            if (const AttributeValue kind = withParameters(node.op, values); std::holds_alternative<std::string>(kind))
                node.op = std::get<std::string>(kind);
        result.graph.restore(std::move(node));
    }
    for (const Node& node : block.graph.nodes()) result.graph.share(node.id, node.sharesWith);
    for (const Edge& edge : block.graph.edges()) result.graph.connect(edge);
    return result;
}

// Puts the layers that came out of the block, `flat`, into the drawing that it stood in.
class Dissolver {
public:
    Dissolver(const ModelGraph& graph, const Block& block, NodeId node, std::int64_t repeats, CardStep step)
        : m_block(block), m_node(*graph.find(node)), m_step(step), m_right(flowsRight(graph)) {
        std::vector<Point> places;
        for (const Node& inside : block.graph.nodes())
            if (!isPort(inside)) places.push_back(inside.position);
        m_extent = extentOf(places, m_right);
        m_copyLength = places.empty() ? 0 : m_extent.lastAlong - m_extent.firstAlong + step.along;
        m_inEachCopy = places.size();
        m_result.graph = graph;
        m_result.graph.remove(node);
        makeRoom(static_cast<double>(repeats) * m_copyLength - step.along);
    }

    DissolvedBlock run(const ModelGraph& flat) {
        for (const Node& node : flat.nodes()) {
            if (m_result.graph.find(node.id) == nullptr)
                add(node);
            else
                m_idOf[node.id] = node.id;
        }
        for (const Node& node : flat.nodes())
            if (std::ranges::find(m_result.nodes, m_idOf[node.id]) != m_result.nodes.end() &&
                node.sharesWith != NodeId::None)
                m_result.graph.share(m_idOf[node.id], m_idOf.at(node.sharesWith));
        for (const Edge& edge : flat.edges())
            m_result.graph.connect(
                {{m_idOf.at(edge.from.node), edge.from.port}, {m_idOf.at(edge.to.node), edge.to.port}});
        return std::move(m_result);
    }

private:
    static bool isPort(const Node& node) { return node.op == kBlockInput || node.op == kBlockOutput; }

    void makeRoom(double length) {
        if (length <= 0) return;
        for (const Node& node : std::vector<Node>(m_result.graph.nodes().begin(), m_result.graph.nodes().end()))
            if (along(node.position, m_right) > along(m_node.position, m_right))
                m_result.graph.move(
                    node.id, pointAt(along(node.position, m_right) + length, across(node.position, m_right), m_right));
    }

    void add(Node node) {
        const Node& inside = *m_block.graph.findByName(node.name.substr(node.name.rfind('/') + 1));
        const NodeId flat = node.id;
        const double copy = static_cast<double>(m_result.nodes.size() / m_inEachCopy);
        const double middle = (m_extent.firstAcross + m_extent.lastAcross) / 2;
        node.name = inside.name;
        node.sharesWith = NodeId::None;
        node.bypassed = inside.bypassed;
        node.position = pointAt(along(m_node.position, m_right) + along(inside.position, m_right) -
                                    m_extent.firstAlong + copy * m_copyLength,
                                across(m_node.position, m_right) + across(inside.position, m_right) - middle, m_right);
        m_idOf[flat] = m_result.graph.add(std::move(node));
        m_result.nodes.push_back(m_idOf[flat]);
    }

    const Block& m_block;
    Node m_node;
    CardStep m_step;
    bool m_right;
    Extent m_extent;
    double m_copyLength = 0;
    std::size_t m_inEachCopy = 0;
    std::map<NodeId, NodeId> m_idOf;  // from the unfolded drawing
    DissolvedBlock m_result;
};
}  // namespace

std::string whyNoBlock(const ModelGraph& graph, const OpCatalogue& catalogue, std::span<const NodeId> nodes) {
    if (nodes.empty()) return "Select the layers that the block is to hold.";
    const Ids inside(nodes.begin(), nodes.end());
    for (const NodeId id : inside) {
        const Node& node = *graph.find(id);
        if (node.op == kBlockInput || node.op == kBlockOutput)
            return node.name + " is a port of the block that is open, and stays where it is. Select layers only.";
    }
    for (const Node& node : graph.nodes()) {
        if (node.sharesWith == NodeId::None || inside.contains(node.id) == inside.contains(node.sharesWith)) continue;
        return node.name + " shares its parameters with " + graph.find(node.sharesWith)->name +
               ": a block holds both of them, or none.";
    }
    if (const NodeId between = detour(graph, inside); between != NodeId::None)
        return graph.find(between)->name +
               " stands between the selected layers: what leaves them comes back through it. Select it too.";
    if (!givesSomething(graph, catalogue, nodes)) return "Nothing comes out of these layers that a block could give.";
    return {};
}

MadeBlock madeBlock(const ModelGraph& graph, const OpCatalogue& catalogue, std::span<const NodeId> nodes,
                    const std::string& name, std::span<const AttributeSpec> parametersAround, CardStep step) {
    return Maker(graph, catalogue, nodes, parametersAround, step).run(name);
}

DissolvedBlock dissolved(const ModelGraph& graph, const OpCatalogue& catalogue, NodeId id, CardStep step) {
    const auto refused = [](std::string why) { return DissolvedBlock{std::move(why), {}, {}}; };
    const Node& node = *graph.find(id);
    const OpDefinition* op = catalogue.find(node.op);
    if (op == nullptr || op->block == nullptr) return refused(node.name + " is no block.");
    for (const std::string_view attribute : {kBlockRepeat, kBlockShare})
        if (const AttributeValue* value = node.attributes.find(attribute); value != nullptr && isExpression(*value))
            return refused(node.name + ": how often it is repeated is a parameter of the block around it. Make it a " +
                           "plain number first.");
    std::vector<AttributeFault> faults;
    const Attributes given = completed(op->attributes, node.attributes, &faults);
    const std::int64_t repeats = given.integer(kBlockRepeat);
    const auto layers = static_cast<std::int64_t>(op->block->graph.nodes().size());
    if (repeats * layers > kMostDissolved)
        return refused(node.name + " would become more than 1,000 layers. Repeat it less often first.");
    const Block unfolded = unfolding(*op->block, node.attributes, *op);

    // Alone in its catalogue, so that blocks inside it and beside it stay whole.
    const OpCatalogue alone = opCatalogue().withBlocks({definitionOf(std::make_shared<const Block>(unfolded))});
    ModelGraph drawing;
    for (Node each : graph.nodes()) {
        each.bypassed = false;
        each.sharesWith = NodeId::None;
        if (each.id == id) {
            each.op = kAlone;
            each.attributes = Attributes{{std::string(kBlockRepeat), AttributeValue(repeats)},
                                         {std::string(kBlockShare), AttributeValue(given.flag(kBlockShare))}};
        }
        drawing.restore(std::move(each));
    }
    for (const Edge& edge : graph.edges()) drawing.connect(edge);
    return Dissolver(graph, *op->block, id, repeats, step).run(flatten(drawing, alone).graph);
}

std::string baseNameOf(const std::string& blockName) {
    const auto isUpper = [](char c) { return c >= 'A' && c <= 'Z'; };
    const auto isLower = [](char c) { return c >= 'a' && c <= 'z'; };
    std::string name;
    for (std::size_t i = 0; i < blockName.size(); ++i) {
        const char c = blockName[i];
        const bool word =
            isUpper(c) && i > 0 && isLower(blockName[i - 1]) && i + 1 < blockName.size() && isLower(blockName[i + 1]);
        if (word) name += '_';
        name += isUpper(c) ? static_cast<char>(c - 'A' + 'a') : c;
    }
    constexpr std::string_view kSuffix = "_block";
    if (name.size() > kSuffix.size() && name.ends_with(kSuffix)) name.resize(name.size() - kSuffix.size());
    return name;
}

}  // namespace gradlens
