// SPDX-License-Identifier: GPL-3.0-or-later
#include "support_drawings.h"

#include <algorithm>
#include <sstream>
#include <stdexcept>

namespace gradlens::test {

namespace {
struct Line {
    std::string name, op;
    std::vector<std::string> inputs;
    std::vector<std::pair<std::string, std::string>> attributes;
};

Line parsed(const std::string& text) {
    Line line;
    std::istringstream stream(text);
    std::string equals, call, attribute;
    stream >> line.name >> equals >> call;
    // Inputs may be parted by blanks too.
    while (call.find('(') != std::string::npos && call.find(')') == std::string::npos && stream >> attribute)
        call += attribute;
    const auto open = call.find('(');
    line.op = call.substr(0, open);
    if (open != std::string::npos) {
        std::istringstream inputs(call.substr(open + 1, call.find(')') - open - 1));
        for (std::string input; std::getline(inputs, input, ',');) line.inputs.push_back(input);
    }
    while (stream >> attribute) {
        const auto at = attribute.find('=');
        line.attributes.emplace_back(attribute.substr(0, at), attribute.substr(at + 1));
    }
    if (equals != "=") throw std::runtime_error("no node: " + text);
    return line;
}

AttributeValue valueOf(const OpDefinition* op, const std::string& name, const std::string& text) {
    if (op != nullptr)
        for (const AttributeSpec& spec : op->attributes)
            if (spec.name == name) {
                if (spec.type == AttributeType::List && text.empty()) return IntegerList{};
                if (auto value = fromText(spec, text)) return *value;
                // A number out of range parses as what it is.
                AttributeSpec free = spec;
                free.minimum = -1e300;
                free.maximum = 1e300;
                if (auto value = fromText(free, text)) return *value;
            }
    if (!text.empty() && text.find_first_not_of("0123456789") == std::string::npos)
        return std::int64_t{std::stoll(text)};
    return text;
}
}  // namespace

ModelGraph drawn(std::string_view text) {
    ModelGraph graph;
    std::vector<Line> lines;
    std::istringstream stream{std::string(text)};
    for (std::string line; std::getline(stream, line);)
        if (line.find_first_not_of(" \t") != std::string::npos) lines.push_back(parsed(line));
    double y = 0;
    for (const Line& line : lines) {
        Node node;
        node.name = line.name;
        node.op = line.op == "Labels" ? "Input" : line.op;
        node.position = {0, y += 120};
        if (line.op == "Labels")
            node.attributes = {
                {"source", std::string("labels")}, {"shape", IntegerList{}}, {"values", std::string("class")}};
        const OpDefinition* op = drawingCatalogue().find(node.op);
        for (const auto& [name, value] : line.attributes) node.attributes.set(name, valueOf(op, name, value));
        graph.add(std::move(node));
    }
    for (const Line& line : lines)
        for (std::size_t port = 0; port < line.inputs.size(); ++port) {
            if (line.inputs[port] == "_") continue;
            const auto dot = line.inputs[port].find('.');
            const Node* from = graph.findByName(line.inputs[port].substr(0, dot));
            if (from == nullptr) throw std::runtime_error("there is no " + line.inputs[port]);
            const int output = dot == std::string::npos ? 0 : std::stoi(line.inputs[port].substr(dot + 1));
            graph.connect({{from->id, output}, {graph.findByName(line.name)->id, static_cast<int>(port)}});
        }
    return graph;
}

std::vector<Problem> problemsAt(const std::vector<Problem>& problems, const ModelGraph& graph,
                                const std::string& name) {
    const Node* node = graph.findByName(name);
    const NodeId id = node == nullptr ? NodeId::None : node->id;
    std::vector<Problem> found;
    std::ranges::copy_if(problems, std::back_inserter(found), [&](const Problem& each) { return each.node == id; });
    return found;
}

}  // namespace gradlens::test
