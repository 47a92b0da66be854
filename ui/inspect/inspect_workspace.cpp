// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inspect/inspect_workspace.h"

#include "ui/inspect/lens.h"
#include "ui/theme/theme.h"
#include "ui/widgets/empty_state.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QSplitter>
#include <QStackedLayout>
#include <QVBoxLayout>

#include <algorithm>

namespace gradlens {

namespace {
constexpr int kPaceMilliseconds = 100;
constexpr std::int64_t kElementsPerMillisecond = 8192;  // by which the pace slackens
constexpr int kHistogramBins = 64;
}  // namespace

InspectWorkspace::InspectWorkspace(Session& session, QWidget* parent) : QWidget(parent), m_session(session) {
    setProperty("look", "window");
    setAttribute(Qt::WA_StyledBackground);
    auto* content = new QWidget(this);
    auto* bar = new QHBoxLayout;
    bar->setSpacing(Theme::kSpace);
    auto* label = new QLabel(tr("&Layer"), content);
    label->setProperty("look", "muted");
    m_nodes = new QComboBox(content);
    m_nodes->setMinimumWidth(220);
    m_nodes->setAccessibleName(tr("Layer"));
    m_nodes->setToolTip(tr("The layer whose values are shown: the one selected in the drawing, or chosen here"));
    label->setBuddy(m_nodes);
    auto* hint = new QLabel(tr("Wheel zooms, drag pans, F fits"), content);
    hint->setProperty("look", "faint");
    bar->addWidget(label);
    bar->addWidget(m_nodes);
    bar->addStretch();
    bar->addWidget(hint);
    m_splitter = new QSplitter(Qt::Horizontal, content);
    m_splitter->setObjectName("lenses");
    m_splitter->setChildrenCollapsible(false);
    m_splitter->setHandleWidth(Theme::kSpace);
    for (int i = 0; i < kLenses; ++i) makeSlot(i);
    auto* layout = new QVBoxLayout(content);
    layout->setContentsMargins(2 * Theme::kSpace, 2 * Theme::kSpace, 2 * Theme::kSpace, 2 * Theme::kSpace);
    layout->setSpacing(Theme::kSpace);
    layout->addLayout(bar);
    layout->addWidget(m_splitter, 1);

    m_empty = new EmptyState(QStringLiteral("lens"), tr("No tensors yet"),
                             tr("Press Run or Step to see weights, gradients and activations."), this);
    m_stack = new QStackedLayout(this);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(content);

    connect(m_nodes, &QComboBox::activated, this, [this](int index) {
        const auto chosen = static_cast<NodeId>(m_nodes->itemData(index).toUInt());
        showNode(chosen, {});
        emit nodeChosen(chosen);
    });
    connect(&session, &Session::trainingGraphChanged, this, &InspectWorkspace::graphChanged);
    connect(&session, &Session::probeChanged, this, &InspectWorkspace::probeChanged);
    graphChanged();
}

InspectWorkspace::~InspectWorkspace() = default;

void InspectWorkspace::makeSlot(int index) {
    Slot& slot = m_slots[static_cast<std::size_t>(index)];
    slot.lens = new Lens(m_splitter);
    m_splitter->addWidget(slot.lens);
    m_splitter->setStretchFactor(index, 1);
    slot.pace = std::make_unique<QTimer>();
    slot.pace->setSingleShot(true);
    connect(slot.pace.get(), &QTimer::timeout, this, [this, &slot] {
        if (slot.stale) showLatest(slot);
    });
    connect(slot.lens, &Lens::valueChosen, this, [this, &slot](const QString& name) {
        if (!m_graph) return;
        for (const NodeValue& value : nodeValues(*m_graph, m_node))
            if (value.name == name) {
                slot.chosenLabel = value.label;
                watch(slot, value);
            }
    });
    connect(slot.lens, &Lens::pinnedChanged, this, [this](bool pinned) {
        if (!pinned) assignValues();
    });
}

void InspectWorkspace::graphChanged() {
    m_graph = m_session.trainingGraph();
    fillNodes();
    m_stack->setCurrentIndex(m_graph ? 1 : 0);
    if (!m_graph) {
        for (Slot& slot : m_slots) {
            slot.probe = {};
            slot.value = {};
        }
        return;
    }
    const std::vector<InspectedNode> nodes = inspectedNodes(*m_graph);
    const auto isThere = [&] {
        return std::any_of(nodes.begin(), nodes.end(),
                           [this](const InspectedNode& known) { return known.id == m_node; });
    };
    if (!isThere() && !nodes.empty()) {
        // Something worth looking at rather than nothing: the first layer that learns.
        const auto learns = std::find_if(nodes.begin(), nodes.end(), [this](const InspectedNode& known) {
            const auto own = m_graph->valuesOf(known.id);
            return std::any_of(own.begin(), own.end(), [this](ValueIndex value) {
                return m_graph->values[static_cast<std::size_t>(value)].kind == ValueKind::Parameter;
            });
        });
        m_node = learns == nodes.end() ? nodes.front().id : learns->id;
    }
    for (Slot& slot : m_slots) slot.value = {};  // another plan: the same names may be other tensors
    fillNodes();
    assignValues();
}

void InspectWorkspace::fillNodes() {
    const QSignalBlocker blocker(m_nodes);
    m_nodes->clear();
    if (!m_graph) return;
    for (const InspectedNode& known : inspectedNodes(*m_graph)) {
        m_nodes->addItem(known.op.isEmpty() ? known.name : QStringLiteral("%1  ·  %2").arg(known.name, known.op),
                         toInteger(known.id));
        if (known.id == m_node) m_nodes->setCurrentIndex(m_nodes->count() - 1);
    }
}

void InspectWorkspace::showNode(NodeId node, const QString&) {
    if (node == NodeId::None || node == m_node) return;
    if (m_graph && m_nodes->findData(toInteger(node)) < 0) return;  // drawn since the run was prepared
    m_node = node;
    const QSignalBlocker blocker(m_nodes);
    m_nodes->setCurrentIndex(m_nodes->findData(toInteger(node)));
    assignValues();
}

void InspectWorkspace::assignValues() {
    if (!m_graph) return;
    const std::vector<NodeValue> all = nodeValues(*m_graph, m_node);
    const std::vector<NodeValue> telling = tellingValues(*m_graph, m_node);
    QStringList names, labels;
    for (const NodeValue& value : all) {
        names << value.name;
        labels << value.label;
    }
    for (std::size_t i = 0; i < m_slots.size(); ++i) {
        Slot& slot = m_slots[i];
        if (slot.lens->isPinned() && !slot.value.name.isEmpty() &&
            m_graph->find(slot.value.name.toStdString()) != kNoValue) {
            // Its own value leads the list, by its full name: it may be another layer's.
            slot.lens->setChoices(QStringList{slot.value.name} + names, QStringList{slot.value.name} + labels);
            slot.lens->setValue(slot.value.name);
            continue;
        }
        slot.lens->setChoices(names, labels);
        const auto kept = std::find_if(all.begin(), all.end(),
                                       [&](const NodeValue& value) { return value.label == slot.chosenLabel; });
        const bool has = kept != all.end() || i < telling.size();
        slot.lens->setVisible(has);
        watch(slot, kept != all.end() ? *kept : has ? telling[i] : NodeValue{});
    }
}

void InspectWorkspace::watch(Slot& slot, const NodeValue& value) {
    if (slot.value == value && slot.probe) return;
    slot.value = value;
    slot.probe = {};
    slot.stale = false;
    slot.lens->setValue(value.name);
    slot.lens->clear(waitingText());
    if (isVisible()) registerProbe(slot);
}

void InspectWorkspace::registerProbe(Slot& slot) {
    if (slot.value.name.isEmpty()) return;
    ProbeRequest request;
    request.value = slot.value.name.toStdString();
    request.copyTensor = true;
    request.histogramBins = kHistogramBins;
    request.maxSamples = slot.value.role.batched ? kMostSamples : 0;
    slot.probe = m_session.probe(request);
}

QString InspectWorkspace::waitingText() const {
    return tr("Waiting for the next batch …");
}

void InspectWorkspace::probeChanged(ProbeId probe) {
    for (Slot& slot : m_slots) {
        if (!slot.probe || slot.probe.id() != probe) continue;
        slot.stale = true;
        if (!slot.pace->isActive()) showLatest(slot);
    }
}

void InspectWorkspace::showLatest(Slot& slot) {
    slot.stale = false;
    if (!isVisible()) return;
    if (auto result = slot.probe.latest()) {
        // A large tensor costs more to draw and is drawn less often.
        const auto elements = result->tensor ? result->tensor.elements() : 0;
        slot.lens->setResult(std::move(result), slot.value.role);
        slot.pace->start(kPaceMilliseconds +
                         static_cast<int>(std::min<std::int64_t>(elements / kElementsPerMillisecond, 1000)));
    }
}

void InspectWorkspace::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    for (Slot& slot : m_slots)
        if (!slot.probe) registerProbe(slot);
}

void InspectWorkspace::hideEvent(QHideEvent* event) {
    QWidget::hideEvent(event);
    // Nobody looks: training need not copy tensors any more. What was seen stays on the lens.
    for (Slot& slot : m_slots) slot.probe = {};
}

}  // namespace gradlens
