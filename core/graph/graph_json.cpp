// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/graph_json.h"

#include "core/graph/json_fields.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

namespace gradlens {

namespace {
using Json = nlohmann::ordered_json;

constexpr std::size_t kMaxNodes = 100'000, kMaxEdges = 400'000, kMaxOpName = 64;
constexpr std::size_t kMaxNotes = 10'000, kMaxNoteText = 10'000;
constexpr int kMaxVariadic = 10'000;
constexpr std::int64_t kMaxId = 1'000'000'000;
constexpr double kMaxCoordinate = 1e9;

// The names of ops that are not in the catalogue are unknown: their ports are called output, output1 ... and input0 ...
constexpr std::string_view kUnknownInput = "input", kUnknownOutput = "output";

// The number after a prefix: 3 for "inputs3" and "inputs". Nothing for other texts, leading zeros and large numbers.
std::optional<int> numberAfter(std::string_view prefix, std::string_view text) {
    if (!text.starts_with(prefix)) return std::nullopt;
    text.remove_prefix(prefix.size());
    int number = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = result.ec == std::errc() && result.ptr == text.data() + text.size();
    if (text.empty() || !whole || number < 0 || number >= kMaxVariadic || (text.size() > 1 && text[0] == '0'))
        return std::nullopt;
    return number;
}

// Nothing when the op has no such port.
std::optional<std::string> outputName(const OpDefinition* op, int port) {
    if (op == nullptr)
        return port == 0 ? std::string(kUnknownOutput) : std::string(kUnknownOutput) + std::to_string(port);
    const bool open = !op->outputs.empty() && op->outputs.back().variadic;
    if (port < 0 || (!open && port >= static_cast<int>(op->outputs.size()))) return std::nullopt;
    return outputNameOf(*op, port);
}

std::optional<std::string> inputName(const OpDefinition* op, int port) {
    if (op == nullptr) return std::string(kUnknownInput) + std::to_string(port);
    const int last = static_cast<int>(op->inputs.size()) - 1;
    if (last >= 0 && op->inputs.back().variadic && port >= last)
        return op->inputs.back().name + std::to_string(port - last);
    if (port < 0 || port > last) return std::nullopt;
    return op->inputs[static_cast<std::size_t>(port)].name;
}

std::optional<int> portNamed(std::span<const PortSpec> ports, std::string_view name) {
    const int last = static_cast<int>(ports.size()) - 1;
    const bool variadic = last >= 0 && ports.back().variadic;
    if (variadic)
        if (const auto number = numberAfter(ports.back().name, name)) return last + *number;
    const auto found = std::ranges::find(ports, name, &PortSpec::name);
    if (found == ports.end() || (variadic && found == ports.end() - 1)) return std::nullopt;
    return static_cast<int>(found - ports.begin());
}

std::string portList(std::span<const PortSpec> ports) {
    std::string list;
    for (const PortSpec& port : ports)
        list += (list.empty() ? "" : ", ") + port.name + (port.variadic ? "0, " + port.name + "1 ..." : "");
    return list.empty() ? "none" : list;
}

// Whole numbers without a point: 120 rather than 120.0.
Json coordinate(double value) {
    if (!std::isfinite(value)) return 0;
    if (value == std::trunc(value) && std::abs(value) <= kMaxCoordinate) return static_cast<std::int64_t>(value);
    return value;
}

Json nodeJson(const Node& node) {
    Json json;
    json["id"] = toInteger(node.id);
    json["name"] = node.name;
    json["op"] = node.op;
    if (!node.attributes.entries().empty()) json["attributes"] = toJson(node.attributes);
    if (node.bypassed) json["bypassed"] = true;
    json["position"] = Json::array({coordinate(node.position.x), coordinate(node.position.y)});
    return json;
}

// Names in files, by the order of the enumerations.
constexpr std::array<std::string_view, 2> kNoteKinds{"comment", "frame"};
constexpr std::array<std::string_view, 2> kFlows{"down", "right"};
constexpr std::array<std::string_view, 2> kEdgeForms{"curved", "orthogonal"};

template <class E>
std::string_view nameOf(const std::array<std::string_view, 2>& names, E value) {
    return names[static_cast<std::size_t>(value)];
}

template <class E>
E valueNamed(const std::array<std::string_view, 2>& names, const JsonPlace& place) {
    const auto found = std::ranges::find(names, place.text());
    if (found == names.end())
        place.fail("must be " + std::string(names[0]) + " or " + std::string(names[1]));
    return static_cast<E>(found - names.begin());
}

Json noteJson(const Note& note) {
    Json json;
    json["id"] = static_cast<std::uint32_t>(note.id);
    json["kind"] = nameOf(kNoteKinds, note.kind);
    json["text"] = note.text;
    if (note.color != 0) json["color"] = note.color;
    json["position"] = Json::array({coordinate(note.position.x), coordinate(note.position.y)});
    json["size"] = Json::array({coordinate(note.width), coordinate(note.height)});
    return json;
}

template <class Keeps>
Json graphJson(const ModelGraph& graph, const OpCatalogue& catalogue, Keeps&& keeps) {
    Json nodes = Json::array(), edges = Json::array();
    for (const Node& node : graph.nodes()) {
        if (!keeps(node.id)) continue;
        nodes.push_back(nodeJson(node));
        const Node* shared = graph.find(node.sharesWith);
        if (shared != nullptr && keeps(shared->id)) nodes.back()["shares_with"] = shared->name;
    }
    for (const Edge& edge : graph.edges()) {
        if (!keeps(edge.from.node) || !keeps(edge.to.node)) continue;
        const Node& from = *graph.find(edge.from.node);
        const Node& to = *graph.find(edge.to.node);
        const auto output = outputName(catalogue.find(from.op), edge.from.port);
        const auto input = inputName(catalogue.find(to.op), edge.to.port);
        // An edge at a port that does not exist cannot be named, and would not be read back.
        if (!output || !input) continue;
        Json json;
        json["from"] = from.name + "." + *output;
        json["to"] = to.name + "." + *input;
        edges.push_back(std::move(json));
    }
    Json json;
    json["nodes"] = std::move(nodes);
    json["edges"] = std::move(edges);
    return json;
}
}  // namespace

Json toJson(const ModelGraph& graph, const OpCatalogue& catalogue) {
    Json json = graphJson(graph, catalogue, [](NodeId) { return true; });
    if (!graph.notes().empty()) {
        json["notes"] = Json::array();
        for (const Note& note : graph.notes()) json["notes"].push_back(noteJson(note));
    }
    if (graph.style() != DrawingStyle())
        json["style"] = {{"flow", nameOf(kFlows, graph.style().flow)},
                         {"edges", nameOf(kEdgeForms, graph.style().edges)}};
    return json;
}

Json toJson(const ModelGraph& graph, const OpCatalogue& catalogue, const std::vector<NodeId>& nodes) {
    const std::set<NodeId> kept(nodes.begin(), nodes.end());
    return graphJson(graph, catalogue, [&](NodeId id) { return kept.contains(id); });
}

namespace {
// Reads one drawing. Nodes and edges are gathered and sorted before they go into the graph, whose sorted lists then
// only grow at the end.
class GraphReader {
public:
    GraphReader(const JsonPlace& place, const OpCatalogue& catalogue) : m_place(place), m_catalogue(catalogue) {}

    ModelGraph read() {
        readNodes();
        readEdges();
        std::ranges::sort(m_nodes, {}, &Node::id);
        std::ranges::sort(m_edges);
        ModelGraph graph;
        for (Node& node : m_nodes) graph.restore(std::move(node));
        for (const Edge& edge : m_edges) graph.connect(edge);
        readNotes(graph);
        readStyle(graph);
        return graph;
    }

private:
    void readNodes() {
        const JsonPlace nodes = m_place.member("nodes");
        if (nodes.size() > kMaxNodes)
            nodes.fail("has " + std::to_string(nodes.size()) + " nodes, and at most 100000 are read");
        std::unordered_map<std::uint32_t, std::string> ids;
        m_nodes.reserve(nodes.size());
        for (std::size_t i = 0; i < nodes.size(); ++i) {
            const JsonPlace place = nodes.element(i);
            Node node = readNode(place);
            const auto [other, fresh] = ids.emplace(toInteger(node.id), node.name);
            if (!fresh)
                place.member("id").fail(
                    "is taken: \"" + other->second + "\" has id " + std::to_string(other->first) + " as well",
                    "Give each node its own id");
            if (!m_byName.emplace(node.name, i).second)
                place.member("name").fail("is taken: two nodes are named \"" + node.name + "\"", "Rename one of them");
            m_ops.push_back(m_catalogue.find(node.op));
            m_ids.push_back(node.id);
            m_nodes.push_back(std::move(node));
        }
        for (std::size_t i = 0; i < m_nodes.size(); ++i) readSharing(nodes.element(i), m_nodes[i]);
    }

    void readSharing(const JsonPlace& place, Node& node) const {
        const auto shares = place.optionalMember("shares_with");
        if (!shares) return;
        const auto found = m_byName.find(shares->text());
        if (found == m_byName.end())
            shares->fail("there is no node named \"" + shares->text().substr(0, 80) + "\" to share parameters with",
                         "Remove it or correct the name");
        if (m_ids[found->second] == node.id) shares->fail("a node cannot share with itself", "Remove it");
        node.sharesWith = m_ids[found->second];
    }

    static Point readPoint(const JsonPlace& place) {
        if (place.size() != 2) place.fail("must be two numbers [x, y]");
        return {place.element(0).real(-kMaxCoordinate, kMaxCoordinate),
                place.element(1).real(-kMaxCoordinate, kMaxCoordinate)};
    }

    void readNotes(ModelGraph& graph) const {
        const auto notes = m_place.optionalMember("notes");
        if (!notes) return;
        if (notes->size() > kMaxNotes)
            notes->fail("has " + std::to_string(notes->size()) + " notes, and at most 10000 are read");
        for (std::size_t i = 0; i < notes->size(); ++i) {
            const JsonPlace place = notes->element(i);
            Note note;
            note.id = static_cast<NoteId>(place.member("id").integer(1, kMaxId));
            if (graph.findNote(note.id) != nullptr) place.member("id").fail("is taken by another note");
            note.kind = valueNamed<Note::Kind>(kNoteKinds, place.member("kind"));
            note.text = place.member("text").text();
            if (note.text.size() > kMaxNoteText) place.member("text").fail("has more than 10000 characters");
            if (const auto color = place.optionalMember("color"))
                note.color = static_cast<int>(color->integer(0, kNoteColors - 1));
            note.position = readPoint(place.member("position"));
            const JsonPlace size = place.member("size");
            if (size.size() != 2) size.fail("must be two numbers [width, height]");
            note.width = size.element(0).real(1, kMaxCoordinate);
            note.height = size.element(1).real(1, kMaxCoordinate);
            graph.restoreNote(std::move(note));
        }
    }

    void readStyle(ModelGraph& graph) const {
        const auto style = m_place.optionalMember("style");
        if (!style) return;
        DrawingStyle read;
        if (const auto flow = style->optionalMember("flow")) read.flow = valueNamed<DrawingStyle::Flow>(kFlows, *flow);
        if (const auto edges = style->optionalMember("edges"))
            read.edges = valueNamed<DrawingStyle::Edges>(kEdgeForms, *edges);
        graph.setStyle(read);
    }

    static Node readNode(const JsonPlace& place) {
        Node node;
        node.id = static_cast<NodeId>(place.member("id").integer(1, kMaxId));
        const JsonPlace name = place.member("name");
        node.name = name.text();
        if (!ModelGraph::isName(node.name))
            name.fail("is no name", "Names begin with a letter and have letters, digits and underscores, at most 64");
        const JsonPlace op = place.member("op");
        node.op = op.text();
        if (node.op.empty() || node.op.size() > kMaxOpName) op.fail("must be the name of a kind of layer");
        if (const auto attributes = place.optionalMember("attributes"))
            node.attributes = attributesFromJson(*attributes);
        if (const auto bypassed = place.optionalMember("bypassed")) {
            if (!bypassed->json().is_boolean()) bypassed->fail("must be true or false");
            node.bypassed = bypassed->json().get<bool>();
        }
        if (const auto position = place.optionalMember("position")) node.position = readPoint(*position);
        return node;
    }

    // "conv1.output" in its two halves, and the node's place in the list.
    struct End {
        std::size_t node = 0;
        std::string text, port;
    };

    End readEnd(const JsonPlace& edge, const char* key) const {
        const JsonPlace place = edge.member(key);
        End end;
        end.text = place.text();
        const auto dot = end.text.find('.');
        if (dot == std::string::npos) place.fail("must be NODE.PORT, got \"" + end.text.substr(0, 80) + "\"");
        const std::string name = end.text.substr(0, dot);
        end.port = end.text.substr(dot + 1);
        const auto found = m_byName.find(name);
        if (found == m_byName.end())
            place.fail("there is no node named \"" + name.substr(0, 80) + "\" for this edge",
                       "Remove the edge or correct the name");
        end.node = found->second;
        return end;
    }

    void readEdges() {
        const auto edges = m_place.optionalMember("edges");
        if (!edges) return;
        if (edges->size() > kMaxEdges)
            edges->fail("has " + std::to_string(edges->size()) + " edges, and at most 400000 are read");
        std::set<PortRef> taken;
        m_edges.reserve(edges->size());
        for (std::size_t i = 0; i < edges->size(); ++i) {
            const JsonPlace place = edges->element(i);
            const End from = readEnd(place, "from"), to = readEnd(place, "to");
            const Edge edge{{m_ids[from.node], resolvedOutput(place, from)},
                            {m_ids[to.node], resolvedInput(place, to)}};
            if (!taken.insert(edge.to).second)
                place.member("to").fail("two edges lead to " + to.text, "An input takes one edge: remove one of them");
            m_edges.push_back(edge);
        }
    }

    int resolvedOutput(const JsonPlace& edge, const End& end) const {
        const OpDefinition* op = m_ops[end.node];
        if (op == nullptr) return numberAfter(kUnknownOutput, end.port).value_or(0);
        if (const auto port = portNamed(op->outputs, end.port)) return *port;
        edge.member("from").fail(
            "edge from " + end.text.substr(0, 80) + ": " + op->name + " has no output of that name",
            "Its outputs: " + portList(op->outputs));
    }

    // Nobody knows the inputs of an unknown op: "input3" is number 3, other names count in the order they appear.
    int resolvedInput(const JsonPlace& edge, const End& end) {
        const OpDefinition* op = m_ops[end.node];
        if (op == nullptr) {
            if (const auto number = numberAfter(kUnknownInput, end.port)) return *number;
            auto& names = m_unknownInputs[end.node];
            return names.emplace(end.port, static_cast<int>(names.size())).first->second;
        }
        if (const auto port = portNamed(op->inputs, end.port)) return *port;
        edge.member("to").fail("edge to " + end.text.substr(0, 80) + ": " + op->name + " has no input of that name",
                               "Its inputs: " + portList(op->inputs));
    }

    const JsonPlace& m_place;
    const OpCatalogue& m_catalogue;
    std::vector<Node> m_nodes;
    std::vector<Edge> m_edges;
    std::vector<NodeId> m_ids;               // in the order of the file, as the next one
    std::vector<const OpDefinition*> m_ops;  // null: unknown
    std::unordered_map<std::string, std::size_t> m_byName;
    std::unordered_map<std::size_t, std::map<std::string, int>> m_unknownInputs;
};
}  // namespace

ModelGraph graphFromJson(const Json& json, const OpCatalogue& catalogue, const std::string& where) {
    const JsonPlace place(json, where);
    return GraphReader(place, catalogue).read();
}

}  // namespace gradlens
