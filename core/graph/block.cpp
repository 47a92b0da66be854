// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/block.h"

#include "core/graph/graph_json.h"

#include <algorithm>
#include <array>

namespace gradlens {

namespace {
using Json = nlohmann::ordered_json;
constexpr std::size_t kMostParameters = 32;
constexpr int kBlockVersion = 1;

struct TypeName {
    AttributeType type;
    const char* name;
};
constexpr std::array kTypeNames{
    TypeName{AttributeType::Boolean, "boolean"}, TypeName{AttributeType::Integer, "integer"},
    TypeName{AttributeType::Real, "real"},       TypeName{AttributeType::Choice, "choice"},
    TypeName{AttributeType::List, "list"},       TypeName{AttributeType::RealList, "real_list"},
    TypeName{AttributeType::Text, "text"}};

std::vector<NodeId> nodesOf(const ModelGraph& graph, std::string_view op) {
    std::vector<NodeId> found;
    for (const Node& node : graph.nodes())
        if (node.op == op) found.push_back(node.id);
    return found;
}

AttributeSpec parameterFromJson(const JsonPlace& place) {
    AttributeSpec spec;
    const JsonPlace name = place.member("name");
    spec.name = name.text();
    if (!ModelGraph::isName(spec.name))
        name.fail("is no name", "Names begin with a letter and have letters, digits and underscores");
    if (spec.name == kBlockRepeat || spec.name == kBlockShare)
        name.fail("is taken: every block has it", "Choose another name");
    spec.label = place.member("label").text();
    if (const auto help = place.optionalMember("help")) spec.help = help->text();
    const JsonPlace type = place.member("type");
    const auto known =
        std::ranges::find_if(kTypeNames, [&](const TypeName& entry) { return entry.name == type.text(); });
    if (known == kTypeNames.end()) type.fail("must be boolean, integer, real, choice, list, real_list or text");
    spec.type = known->type;
    constexpr double kLargest = 1e300;
    if (const auto minimum = place.optionalMember("minimum")) spec.minimum = minimum->real(-kLargest, kLargest);
    if (const auto maximum = place.optionalMember("maximum")) spec.maximum = maximum->real(-kLargest, kLargest);
    if (const auto choices = place.optionalMember("choices"))
        for (std::size_t i = 0; i < choices->size(); ++i) spec.choices.push_back(choices->element(i).text());
    Json only = Json::object();
    const JsonPlace given = place.member("default");
    only["default"] = given.json();
    std::string message;
    const auto value = normalised(spec, *attributesFromJson(JsonPlace(only, given.path())).find("default"), &message);
    if (!value) given.fail(message);
    spec.defaultValue = *value;
    return spec;
}

Json toJson(const AttributeSpec& spec) {
    Json json{{"name", spec.name}, {"label", spec.label}};
    json["type"] = std::ranges::find(kTypeNames, spec.type, &TypeName::type)->name;
    json["default"] = gradlens::toJson(spec.defaultValue);
    if (std::isfinite(spec.minimum)) json["minimum"] = spec.minimum;
    if (std::isfinite(spec.maximum)) json["maximum"] = spec.maximum;
    if (!spec.choices.empty()) json["choices"] = spec.choices;
    if (!spec.help.empty()) json["help"] = spec.help;
    return json;
}
}  // namespace

std::vector<NodeId> Block::inputs() const {
    return nodesOf(graph, kBlockInput);
}

std::vector<NodeId> Block::outputs() const {
    return nodesOf(graph, kBlockOutput);
}

bool operator==(const Block& a, const Block& b) {
    const auto sameSpec = [](const AttributeSpec& x, const AttributeSpec& y) {
        return x.name == y.name && x.label == y.label && x.type == y.type && x.defaultValue == y.defaultValue &&
               x.help == y.help && x.minimum == y.minimum && x.maximum == y.maximum && x.choices == y.choices;
    };
    return a.name == b.name && a.baseName == b.baseName && a.summary == b.summary && a.description == b.description &&
           std::ranges::equal(a.parameters, b.parameters, sameSpec) && a.graph == b.graph;
}

Block blockFromJson(const JsonPlace& place, const OpCatalogue& catalogue) {
    if (place.member("gradlens_block").integer(1, std::numeric_limits<int>::max()) > kBlockVersion)
        place.member("gradlens_block").fail("is from a newer version of Gradlens", "Update Gradlens to use this block");
    Block block;
    const JsonPlace name = place.member("name");
    block.name = name.text();
    if (!ModelGraph::isName(block.name))
        name.fail("is no name", "Names begin with a letter and have letters, digits and underscores");
    block.baseName = place.member("base_name").text();
    block.summary = place.member("summary").text();
    if (const auto description = place.optionalMember("description")) block.description = description->text();
    if (const auto parameters = place.optionalMember("parameters")) {
        if (parameters->size() > kMostParameters) parameters->fail("has more than 32 parameters");
        for (std::size_t i = 0; i < parameters->size(); ++i) {
            block.parameters.push_back(parameterFromJson(parameters->element(i)));
            const auto same = std::ranges::count(block.parameters, block.parameters.back().name, &AttributeSpec::name);
            if (same > 1) parameters->element(i).member("name").fail("is taken by another parameter");
        }
    }
    block.graph = graphFromJson(place.json(), catalogue, place.path());
    if (block.outputs().empty()) place.fail("has no BlockOutput", "Connect what the block gives to a BlockOutput node");
    return block;
}

Json toJson(const Block& block, const OpCatalogue& catalogue) {
    Json json{{"gradlens_block", kBlockVersion},
              {"name", block.name},
              {"base_name", block.baseName},
              {"summary", block.summary}};
    if (!block.description.empty()) json["description"] = block.description;
    if (!block.parameters.empty()) {
        json["parameters"] = Json::array();
        for (const AttributeSpec& spec : block.parameters) json["parameters"].push_back(toJson(spec));
    }
    const Json graph = gradlens::toJson(block.graph, catalogue);
    for (const auto& [key, value] : graph.items()) json[key] = value;
    return json;
}

OpDefinition definitionOf(std::shared_ptr<const Block> block) {
    OpDefinition op;
    op.name = block->name;
    op.category = "Blocks";
    op.summary = block->summary;
    op.maths = block->description;
    op.baseName = block->baseName;
    for (const NodeId id : block->inputs())
        op.inputs.push_back({block->graph.find(id)->name, "What comes into the block"});
    for (const NodeId id : block->outputs())
        op.outputs.push_back({block->graph.find(id)->name, "What the block gives"});
    op.attributes = block->parameters;
    op.attributes.push_back(integerAttribute(
        std::string(kBlockRepeat), "Repeat", 1, 1, static_cast<double>(kMostRepeats),
        "How many copies stand one behind the other, each fed by the first output of the one before."));
    op.attributes.push_back(booleanAttribute(std::string(kBlockShare), "Share weights", false,
                                             "Whether the copies share one set of parameters."));
    op.block = std::move(block);
    return op;
}

}  // namespace gradlens
