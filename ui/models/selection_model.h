// SPDX-License-Identifier: GPL-3.0-or-later
// What is selected in the drawing, shared by every canvas and panel that shows it. Holds ids, never items. GUI thread.
#pragma once
#include "core/graph/model_graph.h"

#include <QObject>

#include <optional>
#include <vector>

namespace gradlens {

class SelectionModel : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;

    const std::vector<NodeId>& nodes() const { return m_nodes; }   // ascending
    const std::vector<PortRef>& edges() const { return m_edges; }  // by the input they go into; ascending
    // The node that panels show: the last one picked, or None. Always one of nodes().
    NodeId current() const { return m_current; }
    bool isSelected(NodeId node) const;
    bool isEdgeSelected(PortRef input) const;
    const std::vector<NoteId>& notes() const { return m_notes; }  // ascending
    bool isNoteSelected(NoteId note) const;
    bool isEmpty() const { return m_nodes.empty() && m_edges.empty() && m_notes.empty(); }

    void select(NodeId node) { set({node}, {}, node); }
    void selectEdge(PortRef input) { set({}, {input}, NodeId::None); }
    void selectNote(NoteId note) { set({}, {}, NodeId::None, {note}); }
    void toggle(NodeId node);
    void toggleEdge(PortRef input);
    void toggleNote(NoteId note);
    void clear() { set({}, {}, NodeId::None); }
    // current: None or one of nodes; None becomes the only node when there is one.
    void set(std::vector<NodeId> nodes, std::vector<PortRef> edges = {}, NodeId current = NodeId::None,
             std::vector<NoteId> notes = {});
    // Forgets what the drawing no longer has.
    void prune(const ModelGraph& graph);

signals:
    void changed();

private:
    std::vector<NodeId> m_nodes;
    std::vector<PortRef> m_edges;
    std::vector<NoteId> m_notes;
    NodeId m_current = NodeId::None;
};

}  // namespace gradlens
