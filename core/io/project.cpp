// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/project.h"

#include "core/graph/block_library.h"
#include "core/graph/block_list.h"
#include "core/graph/graph_json.h"
#include "core/graph/json_fields.h"
#include "core/io/atomic_file.h"
#include "core/io/json_text.h"
#include "core/io/training_json.h"

#include <limits>

namespace gradlens {

namespace {
using Json = nlohmann::ordered_json;

constexpr std::uint64_t kMaxFileBytes = 64ull << 20;

// Before anything else: a newer file may differ in every other key.
void checkVersion(const JsonPlace& root) {
    const auto version = root.json().is_object() ? root.optionalMember("gradlens") : std::nullopt;
    if (!version || !version->json().is_number_integer() ||
        (!version->json().is_number_unsigned() && version->json().get<std::int64_t>() < 1) ||
        version->unsignedInteger() == 0)
        root.fail("is not a Gradlens project: it has no \"gradlens\" format number", "Choose a .gradlens file");
    if (version->unsignedInteger() > kProjectVersion) {
        root.fail("was saved by a newer Gradlens (format " + version->json().dump() + "; this one reads up to " +
                      std::to_string(kProjectVersion) + ")",
                  "Update Gradlens");
    }
}

DatasetSpec dataFrom(const JsonPlace& place) {
    DatasetSpec data;
    data.source = place.member("source").text();
    if (const auto attributes = place.optionalMember("attributes")) data.attributes = attributesFromJson(*attributes);
    if (const auto transforms = place.optionalMember("transforms")) {
        constexpr std::size_t kMostTransforms = 16;
        if (transforms->size() > kMostTransforms) transforms->fail("has more than 16 transforms");
        for (std::size_t i = 0; i < transforms->size(); ++i) {
            const JsonPlace each = transforms->element(i);
            TransformSpec transform{each.member("name").text(), {}};
            if (const auto attributes = each.optionalMember("attributes"))
                transform.attributes = attributesFromJson(*attributes);
            data.transforms.push_back(std::move(transform));
        }
    }
    return data;
}

// Rules that this version does not know are kept: another may.
std::vector<std::string> silencedFrom(const JsonPlace& place) {
    constexpr std::size_t kMostRules = 1000;
    if (place.size() > kMostRules) place.fail("has more than 1,000 rules");
    std::vector<std::string> rules;
    for (std::size_t i = 0; i < place.size(); ++i) rules.push_back(place.element(i).text());
    return rules;
}
}  // namespace

OpCatalogue catalogueOf(const Project& project, const OpCatalogue& catalogue) {
    return project.blocks.empty() ? catalogue : withBlocks(catalogue, project.blocks);
}

Json toJson(const Project& project, const OpCatalogue& catalogue) {
    Json json;
    json["gradlens"] = kProjectVersion;
    json["name"] = project.name;
    json["description"] = project.description;
    const OpCatalogue known = catalogueOf(project, catalogue);
    if (!project.blocks.empty()) json["blocks"] = toJson(project.blocks, catalogue);
    json["graph"] = toJson(project.graph, known);
    json["data"]["source"] = project.data.source;
    json["data"]["attributes"] = toJson(project.data.attributes);
    for (const TransformSpec& transform : project.data.transforms)
        json["data"]["transforms"].push_back({{"name", transform.name}, {"attributes", toJson(transform.attributes)}});
    json["training"] = trainingToJson(project.training);
    for (const std::string& rule : project.silenced) json["silenced"].push_back(rule);
    return json;
}

Project projectFromJson(const Json& json, const OpCatalogue& catalogue, const std::string& where) {
    const JsonPlace root = JsonPlace::root(json, where);
    checkVersion(root);
    Project project;
    if (const auto name = root.optionalMember("name")) project.name = name->text();
    if (const auto description = root.optionalMember("description")) project.description = description->text();
    if (const auto blocks = root.optionalMember("blocks")) project.blocks = blocksFromJson(*blocks, catalogue);
    const JsonPlace graph = root.member("graph");
    project.graph = graphFromJson(graph.json(), catalogueOf(project, catalogue), graph.path());
    if (const auto data = root.optionalMember("data")) project.data = dataFrom(*data);
    if (const auto training = root.optionalMember("training")) project.training = trainingFromJson(*training);
    if (const auto silenced = root.optionalMember("silenced")) project.silenced = silencedFrom(*silenced);
    return project;
}

Project loadProject(const std::filesystem::path& file, const OpCatalogue& catalogue) {
    return projectFromJson(parseJson(readFile(file, kMaxFileBytes), file.string()), catalogue, file.string());
}

void saveProject(const Project& project, const std::filesystem::path& file, const OpCatalogue& catalogue) {
    writeFileAtomically(file, jsonText(toJson(project, catalogue)));
}

}  // namespace gradlens
