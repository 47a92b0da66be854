// SPDX-License-Identifier: GPL-3.0-or-later
// The Inspect workspace: lenses side by side on the values of one layer. Probes are registered only while it is
// visible. Follows what showNode() is told; pinned lenses stay. GUI thread.
#pragma once
#include "ui/inspect/node_values.h"
#include "ui/session/session.h"

#include <QString>
#include <QTimer>
#include <QWidget>

#include <array>
#include <memory>

class QComboBox;
class QLabel;
class QSplitter;
class QStackedLayout;

namespace gradlens {

class EmptyState;
class Lens;

class InspectWorkspace : public QWidget {
    Q_OBJECT
public:
    static constexpr int kLenses = 3;
    static constexpr std::int64_t kMostSamples = 16;  // of a batch, for activations

    // The session must outlive the workspace.
    explicit InspectWorkspace(Session& session, QWidget* parent = nullptr);
    ~InspectWorkspace() override;

    // None: nothing is selected; what is shown stays.
    void showNode(gradlens::NodeId node, const QString& name);
    NodeId node() const { return m_node; }
    Lens& lens(int index) { return *m_slots[static_cast<std::size_t>(index)].lens; }

signals:
    void nodeChosen(gradlens::NodeId node);  // in the workspace's own list

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    struct Slot {
        Lens* lens = nullptr;
        NodeValue value;      // empty name: nothing
        QString chosenLabel;  // what the user picked here, to be kept from layer to layer
        ProbeHandle probe;
        std::unique_ptr<QTimer> pace;  // runs while the last picture is too recent for another
        bool stale = false;
    };
    void makeSlot(int index);
    void graphChanged();
    void fillNodes();
    void assignValues();
    void watch(Slot& slot, const NodeValue& value);
    void registerProbe(Slot& slot);
    void probeChanged(ProbeId probe);
    void showLatest(Slot& slot);
    QString waitingText() const;

    Session& m_session;
    NodeId m_node = NodeId::None;
    std::shared_ptr<const TrainingGraph> m_graph;
    std::array<Slot, kLenses> m_slots;
    QStackedLayout* m_stack;
    EmptyState* m_empty;
    QComboBox* m_nodes;
    QSplitter* m_splitter;
};

}  // namespace gradlens
