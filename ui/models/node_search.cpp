// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/node_search.h"

#include "ui/models/words.h"

#include <QStringList>

#include <algorithm>
#include <tuple>

namespace gradlens {

namespace {
// All that is said of a node, one piece a line: a word is never found across two pieces.
QString searchedText(const Node& node, const OpDefinition* op) {
    QStringList pieces{QString::fromStdString(node.name), QString::fromStdString(node.op)};
    if (op == nullptr) return pieces.join('\n');
    pieces << QString::fromStdString(op->category);
    const Attributes attributes = completed(op->attributes, node.attributes, nullptr);
    for (const AttributeSpec& spec : op->attributes)
        if (const AttributeValue* value = attributes.find(spec.name))
            pieces << QString::fromStdString(spec.name) + '=' + valueText(*value);
    return pieces.join('\n');
}
}  // namespace

std::vector<NodeId> findNodes(const ModelGraph& graph, const OpCatalogue& catalogue, const QString& text) {
    const QStringList words = text.split(' ', Qt::SkipEmptyParts);
    if (words.isEmpty()) return {};
    std::vector<const Node*> found;
    for (const Node& node : graph.nodes()) {
        const QString searched = searchedText(node, catalogue.find(node.op));
        const auto has = [&](const QString& word) { return searched.contains(word, Qt::CaseInsensitive); };
        if (std::ranges::all_of(words, has)) found.push_back(&node);
    }
    std::ranges::sort(found, {},
                      [](const Node* node) { return std::tuple(node->position.y, node->position.x, node->id); });
    std::vector<NodeId> ids;
    for (const Node* node : found) ids.push_back(node->id);
    return ids;
}

}  // namespace gradlens
