// SPDX-License-Identifier: GPL-3.0-or-later
// Copy, cut, paste and duplicate: part of a drawing as JSON.
#include "core/base/error.h"
#include "core/graph/graph_json.h"
#include "ui/models/card_places.h"
#include "ui/models/design_document.h"
#include "ui/models/node_geometry.h"
#include "ui/models/words.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QMimeData>

#include <algorithm>
#include <limits>
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
    constexpr double kNowhere = std::numeric_limits<double>::max();
    Point corner{kNowhere, kNowhere};
    const auto include = [&](Point at) { corner = {std::min(corner.x, at.x), std::min(corner.y, at.y)}; };
    for (const Node& node : graph.nodes()) include(node.position);
    for (const Note& note : graph.notes()) include(note.position);
    return corner;
}

// The selected nodes, the edges and sharing among them, and the selected notes, as a drawing of their own.
ModelGraph partOf(const ModelGraph& graph, const SelectionModel& selection) {
    ModelGraph part;
    for (const NodeId id : selection.nodes()) {
        Node node = *graph.find(id);
        if (!selection.isSelected(node.sharesWith)) node.sharesWith = NodeId::None;
        part.restore(std::move(node));
    }
    for (const Edge& edge : graph.edges())
        if (selection.isSelected(edge.from.node) && selection.isSelected(edge.to.node)) part.connect(edge);
    for (const NoteId id : selection.notes()) part.restoreNote(*graph.findNote(id));
    return part;
}

// "2 layers", "2 layers and 1 note".
QString contentOf(std::ptrdiff_t nodes, std::ptrdiff_t notes) {
    const QString written = counted(notes, DesignDocument::tr("note"));
    if (nodes == 0) return written;
    const QString layers = counted(nodes, DesignDocument::tr("layer"));
    return notes == 0 ? layers : DesignDocument::tr("%1 and %2").arg(layers, written);
}
}  // namespace

QByteArray DesignDocument::copied() const {
    if (m_selection.nodes().empty() && m_selection.notes().empty()) return {};
    return QByteArray::fromStdString(toJson(partOf(graph(), m_selection), m_catalogue).dump(2));
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
    if (m_selection.nodes().empty() && m_selection.notes().empty()) return;
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
    if (part.nodes().empty() && part.notes().empty()) return false;

    const Point corner = topLeft(part);
    const double step = kPasteStep * ++m_pasteCount;
    Point offset = position ? Point{position->x - corner.x, position->y - corner.y} : Point{step, step};
    std::vector<Point> wanted;
    for (const Node& node : part.nodes()) wanted.push_back({node.position.x + offset.x, node.position.y + offset.y});
    const Point aside = CardPlaces(graph()).nearestFree(wanted);
    offset = {offset.x + aside.x, offset.y + aside.y};
    std::vector<NodeId> fresh;
    std::vector<NoteId> freshNotes;
    const QString content = contentOf(std::ssize(part.nodes()), std::ssize(part.notes()));
    const QString name = !stepName.isEmpty() ? stepName : tr("Paste %1").arg(content);
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
        for (Note note : part.notes()) {
            note.position = {note.position.x + offset.x, note.position.y + offset.y};
            freshNotes.push_back(graph.addNote(std::move(note)));
        }
    });
    if (!fresh.empty() && graph().find(fresh.front()) == nullptr) return false;  // refused
    m_selection.set(std::move(fresh), {}, NodeId::None, std::move(freshNotes));
    return true;
}

void DesignDocument::duplicate() {
    const QByteArray json = copied();
    if (json.isEmpty()) return;
    m_pasteCount = 0;
    const QString content = contentOf(std::ssize(m_selection.nodes()), std::ssize(m_selection.notes()));
    pasteJson(json, {}, tr("Duplicate %1").arg(content));
}

}  // namespace gradlens
