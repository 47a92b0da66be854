// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/block_list.h"

#include "core/graph/block_library.h"
#include "core/graph/block_use.h"

#include <algorithm>
#include <map>

namespace gradlens {

namespace {
using Json = nlohmann::ordered_json;
constexpr std::size_t kMostBlocks = 1000;

std::string textAt(const Json& json, const char* key) {
    const auto found = json.is_object() ? json.find(key) : json.end();
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// Which blocks of the list each one uses, looked up before any of them can be read.
std::vector<std::vector<std::size_t>> usesOf(const Json& list, const std::map<std::string, std::size_t>& places) {
    std::vector<std::vector<std::size_t>> uses(list.size());
    for (std::size_t i = 0; i < list.size(); ++i) {
        const auto nodes = list[i].is_object() ? list[i].find("nodes") : list[i].end();
        if (nodes == list[i].end() || !nodes->is_array()) continue;
        for (const Json& node : *nodes) {
            const auto used = places.find(textAt(node, "op"));
            if (used != places.end() && std::ranges::find(uses[i], used->second) == uses[i].end())
                uses[i].push_back(used->second);
        }
    }
    return uses;
}

// The blocks that `order` leaves out stand on a circle or lead to one: walk until one comes again.
[[noreturn]] void failOnCircle(const JsonPlace& place, const std::vector<std::vector<std::size_t>>& uses,
                               const std::vector<std::size_t>& order) {
    const auto isLeft = [&](std::size_t i) { return std::ranges::find(order, i) == order.end(); };
    std::size_t at = 0;
    while (!isLeft(at)) ++at;
    std::vector<std::size_t> walk;
    while (std::ranges::find(walk, at) == walk.end()) {
        walk.push_back(at);
        at = *std::ranges::find_if(uses[at], isLeft);
    }
    walk.erase(walk.begin(), std::ranges::find(walk, at));
    std::vector<std::string> chain;
    for (const std::size_t each : walk) chain.push_back(textAt(place.json()[each], "name"));
    chain.push_back(chain.front());
    place.element(at).fail("stands inside itself: " + toText(chain), "Take one of these uses out");
}
}  // namespace

std::vector<Block> blocksFromJson(const JsonPlace& place, const OpCatalogue& catalogue) {
    const std::size_t count = place.size();
    if (count > kMostBlocks) place.fail("has more than 1,000 blocks");
    std::map<std::string, std::size_t> places;
    for (std::size_t i = 0; i < count; ++i) {
        const std::string name = textAt(place.json()[i], "name");
        if (!name.empty() && !places.emplace(name, i).second)
            place.element(i).member("name").fail("is taken by another block");
        if (const OpDefinition* op = catalogue.find(name); op != nullptr && op->block == nullptr)
            place.element(i).member("name").fail("is the name of a layer", "Choose another name");
    }
    const auto uses = usesOf(place.json(), places);
    const std::vector<std::size_t> order = usedFirst(uses);
    if (order.size() < count) failOnCircle(place, uses, order);
    std::vector<Block> blocks(count);
    OpCatalogue known = catalogue;
    for (const std::size_t i : order) {
        blocks[i] = blockFromJson(place.element(i), known);
        known = withBlocks(known, {&blocks[i], 1});
    }
    return blocks;
}

Json toJson(std::span<const Block> blocks, const OpCatalogue& catalogue) {
    const OpCatalogue known = withBlocks(catalogue, blocks);
    Json list = Json::array();
    for (const Block& block : blocks) list.push_back(toJson(block, known));
    return list;
}

}  // namespace gradlens
