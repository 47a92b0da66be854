// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/catalogue.h"

#include "core/ops/catalogue/manifest.h"

#include <algorithm>
#include <cctype>

namespace gradlens {

namespace {
// The order in which a network is drawn.
constexpr std::string_view kCategoryOrder[] = {
    "Input",         "Dense",          "Convolution", "Pooling",    "Recurrent", "Attention", "Embedding", "Activation",
    "Normalisation", "Regularisation", "Shape",       "Arithmetic", "Reduction", "Merge",     "Loss"};

std::size_t rank(std::string_view category) {
    const auto found = std::ranges::find(kCategoryOrder, category);
    return static_cast<std::size_t>(found - std::begin(kCategoryOrder));
}

std::size_t editDistance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const bool same = std::tolower(static_cast<unsigned char>(a[i - 1])) ==
                              std::tolower(static_cast<unsigned char>(b[j - 1]));
            const std::size_t next = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (same ? 0 : 1)});
            diagonal = row[j];
            row[j] = next;
        }
    }
    return row[b.size()];
}
}  // namespace

OpCatalogue::OpCatalogue() {
    for (const auto define : opManifest()) m_ops.push_back(define());
    std::ranges::sort(m_ops, {}, &OpDefinition::name);
}

OpCatalogue OpCatalogue::withBlocks(std::vector<OpDefinition> blocks) const {
    OpCatalogue result = *this;
    for (OpDefinition& block : blocks) {
        std::erase_if(result.m_blocks, [&](const OpDefinition& other) { return other.name == block.name; });
        if (!std::ranges::binary_search(m_ops, block.name, {}, &OpDefinition::name))
            result.m_blocks.push_back(std::move(block));
    }
    std::ranges::sort(result.m_blocks, {}, &OpDefinition::name);
    return result;
}

const OpDefinition* OpCatalogue::find(std::string_view name) const {
    for (const auto* list : {&m_ops, &m_blocks}) {
        const auto found =
            std::ranges::lower_bound(*list, name, {}, [](const OpDefinition& op) { return std::string_view(op.name); });
        if (found != list->end() && found->name == name) return &*found;
    }
    return nullptr;
}

std::vector<std::string> OpCatalogue::categories() const {
    std::vector<std::string> names;
    for (const auto* list : {&m_ops, &m_blocks})
        for (const OpDefinition& op : *list)
            if (std::ranges::find(names, op.category) == names.end()) names.push_back(op.category);
    std::ranges::sort(names, {}, [](const std::string& name) { return std::pair(rank(name), name); });
    return names;
}

const OpDefinition* OpCatalogue::nearest(std::string_view name) const {
    constexpr std::size_t kTooFar = 4;
    const OpDefinition* best = nullptr;
    std::size_t bestDistance = kTooFar;
    for (const auto* list : {&m_ops, &m_blocks}) {
        for (const OpDefinition& op : *list) {
            const std::size_t distance = editDistance(name, op.name);
            if (distance < bestDistance) {
                bestDistance = distance;
                best = &op;
            }
        }
    }
    return best;
}

const OpCatalogue& opCatalogue() {
    static const OpCatalogue instance;
    return instance;
}

}  // namespace gradlens
