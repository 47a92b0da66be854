// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/block_library.h"

#include <algorithm>
#include <cassert>

namespace gradlens {

// The files of resources/blocks, generated at configuration.
std::span<const std::string_view> builtInBlockTexts();

namespace {
using Json = nlohmann::ordered_json;

OpDefinition port(std::string_view name, const char* baseName, const char* summary) {
    OpDefinition op;
    op.name = name;
    op.category = "Inside blocks";
    op.summary = summary;
    op.baseName = baseName;
    if (name == kBlockInput)
        op.outputs = {{"output", "What the block is given"}};
    else
        op.inputs = {{"input", "What the block gives"}};
    return op;
}

bool knowsAllOps(const OpCatalogue& catalogue, const Json& block) {
    return std::ranges::all_of(block.at("nodes"), [&](const Json& node) {
        const auto& op = node.at("op").get_ref<const std::string&>();
        return op.starts_with('$') || catalogue.find(op) != nullptr;
    });
}

OpCatalogue withBuiltInBlocks() {
    OpCatalogue catalogue = opCatalogue().withBlocks({port(kBlockInput, "input", "Where something comes into a block."),
                                                      port(kBlockOutput, "output", "Where something leaves a block.")});
    std::vector<Json> waiting;
    for (const std::string_view text : builtInBlockTexts()) waiting.push_back(Json::parse(text));
    while (!waiting.empty()) {
        const auto ready =
            std::ranges::find_if(waiting, [&](const Json& block) { return knowsAllOps(catalogue, block); });
        assert(ready != waiting.end());  // a block that comes with the program names an op that does not
        const Block block = blockFromJson(JsonPlace::root(*ready, "built-in block"), catalogue);
        catalogue = withBlocks(catalogue, {&block, 1});
        waiting.erase(ready);
    }
    return catalogue;
}
}  // namespace

const OpCatalogue& drawingCatalogue() {
    static const OpCatalogue instance = withBuiltInBlocks();
    return instance;
}

std::vector<const OpDefinition*> listedOps(const OpCatalogue& catalogue) {
    std::vector<const OpDefinition*> listed;
    for (const std::string& category : catalogue.categories())
        for (const auto list : {catalogue.ops(), catalogue.blocks()})
            for (const OpDefinition& op : list)
                if (op.category == category && op.name != kBlockInput && op.name != kBlockOutput) listed.push_back(&op);
    return listed;
}

OpCatalogue withBlocks(const OpCatalogue& base, std::span<const Block> blocks) {
    std::vector<OpDefinition> definitions;
    for (const Block& block : blocks) definitions.push_back(definitionOf(std::make_shared<const Block>(block)));
    return base.withBlocks(std::move(definitions));
}

}  // namespace gradlens
