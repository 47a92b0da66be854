// SPDX-License-Identifier: GPL-3.0-or-later
// Copy, cut, paste and duplicate: part of a drawing as JSON.
#include "core/base/error.h"
#include "core/graph/graph_json.h"
#include "ui/models/design_document.h"
#include "ui/models/node_geometry.h"
#include "ui/models/words.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QMimeData>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace gradlens {

namespace {
constexpr qsizetype kLargestPaste = 64 << 20;  // bytes; a longer clipboard is no drawing of ours
constexpr double kPasteStep = 3 * kCanvasGrid;

// Names for many new nodes at once: ModelGraph::uniqueName looks at every node for every number it tries.
class FreshNames {
public:
    explicit FreshNames(const ModelGraph& graph) {
        for (const Node& node : graph.nodes()) m_taken.insert(node.name);
    }
    std::string take(const std::string& wanted) {
        if (m_taken.insert(wanted).second) return wanted;
        std::string stem = wanted;
        while (stem.size() > 1 && stem.back() >= '0' && stem.back() <= '9') stem.pop_back();
        std::size_t& number = m_next[stem];
        for (;;) {
            std::string name = stem + std::to_string(++number);
            if (m_taken.insert(name).second) return name;
        }
    }

private:
    std::unordered_set<std::string> m_taken;
    std::unordered_map<std::string, std::size_t> m_next;
};

Point topLeft(const ModelGraph& graph) {
    Point corner = graph.nodes().front().position;
    for (const Node& node : graph.nodes())
        corner = {std::min(corner.x, node.position.x), std::min(corner.y, node.position.y)};
    return corner;
}
}  // namespace

QByteArray DesignDocument::copied() const {
    if (m_selection.nodes().empty()) return {};
    return QByteArray::fromStdString(toJson(graph(), m_catalogue, m_selection.nodes()).dump(2));
}

void DesignDocument::copy() const {
    const QByteArray json = copied();
    if (json.isEmpty()) return;
    auto* data = new QMimeData;
    data->setData(kMimeType, json);
    data->setText(QString::fromUtf8(json));
    QGuiApplication::clipboard()->setMimeData(data);
    m_pasteCount = 0;
}

void DesignDocument::cut() {
    if (m_selection.nodes().empty()) return;
    copy();
    m_pasteCount = -1;  // the first paste goes back where it was
    removeSelection();
}

bool DesignDocument::canPaste() {
    const QMimeData* data = QGuiApplication::clipboard()->mimeData();
    return data != nullptr && (data->hasFormat(kMimeType) || (data->hasText() && data->text().contains("\"nodes\"")));
}

bool DesignDocument::paste(std::optional<Point> position) {
    const QMimeData* data = QGuiApplication::clipboard()->mimeData();
    if (data == nullptr) return false;
    return pasteJson(data->hasFormat(kMimeType) ? data->data(kMimeType) : data->text().toUtf8(), position);
}

bool DesignDocument::pasteJson(const QByteArray& json, std::optional<Point> position, const QString& stepName) {
    if (json.trimmed().isEmpty()) return false;
    const std::string where = tr("clipboard").toStdString();
    const std::string hint = tr("Copy layers in a drawing first.").toStdString();
    if (json.size() > kLargestPaste) throw Error("the text is too long for a drawing", where, hint);
    const auto parsed = nlohmann::ordered_json::parse(json.constBegin(), json.constEnd(), nullptr, false);
    if (parsed.is_discarded() || !parsed.is_object()) throw Error("the text is no drawing", where, hint);
    const ModelGraph part = graphFromJson(parsed, m_catalogue, where);
    if (part.nodes().empty()) return false;

    const Point corner = topLeft(part);
    const double step = kPasteStep * ++m_pasteCount;
    const Point offset = position ? Point{position->x - corner.x, position->y - corner.y} : Point{step, step};
    std::vector<NodeId> fresh;
    const QString name =
        !stepName.isEmpty() ? stepName : tr("Paste %1").arg(counted(std::ssize(part.nodes()), tr("layer")));
    edit(name, [&](ModelGraph& graph) {
        FreshNames names(graph);
        std::unordered_map<NodeId, NodeId> idOf;
        for (Node node : part.nodes()) {
            const NodeId old = node.id;
            node.name = names.take(node.name);
            node.sharesWith = NodeId::None;
            node.position = {node.position.x + offset.x, node.position.y + offset.y};
            idOf[old] = graph.add(std::move(node));
            fresh.push_back(idOf[old]);
        }
        for (const Node& node : part.nodes())
            if (node.sharesWith != NodeId::None) graph.share(idOf[node.id], idOf[node.sharesWith]);
        for (const Edge& edge : part.edges())
            graph.connect({{idOf[edge.from.node], edge.from.port}, {idOf[edge.to.node], edge.to.port}});
        for (const NodeId id : fresh) compactInputs(graph, id);
    });
    if (graph().find(fresh.front()) == nullptr) return false;  // refused
    m_selection.set(std::move(fresh));
    return true;
}

void DesignDocument::duplicate() {
    const QByteArray json = copied();
    if (json.isEmpty()) return;
    m_pasteCount = 0;
    pasteJson(json, {}, tr("Duplicate %1").arg(counted(std::ssize(m_selection.nodes()), tr("layer"))));
}

}  // namespace gradlens
