// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/design_document.h"

#include "core/base/error.h"
#include "core/graph/block_inside.h"
#include "ui/models/design_commands.h"

#include <QAction>
#include <QDir>
#include <QFileInfo>
#include <QKeySequence>

#include <algorithm>
#include <cassert>
#include <filesystem>

namespace gradlens {

namespace {
std::filesystem::path toPath(const QString& path) {
    return std::filesystem::path(path.toStdU16String());
}
}  // namespace

DesignDocument::DesignDocument(const OpCatalogue& catalogue, QObject* parent)
    : QObject(parent), m_base(catalogue), m_catalogue(catalogue), m_offered(catalogue) {
    m_undoAction = m_undo.createUndoAction(this, tr("Undo"));
    m_undoAction->setShortcuts(QKeySequence::Undo);
    m_undoAction->setObjectName("undo");
    m_redoAction = m_undo.createRedoAction(this, tr("Redo"));
    m_redoAction->setShortcuts({QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Z), QKeySequence(Qt::CTRL | Qt::Key_Y)});
    m_redoAction->setObjectName("redo");
    m_analysisTimer.setSingleShot(true);
    m_analysisTimer.setInterval(0);
    connect(&m_analysisTimer, &QTimer::timeout, this, [this] {
        knownAnalysis();
        emit analysisChanged();
    });
    connect(&m_background, &BackgroundAnalysis::finished, this, [this](const GraphAnalysis& analysis) {
        m_rootAnalysis = analysis;
        for (NodeAnalysis& node : m_rootAnalysis.nodes)
            node.op = node.op == nullptr ? nullptr : m_catalogue.find(node.op->name);
        m_rootStale = false;
        emit analysisChanged();
    });
    connect(&m_undo, &QUndoStack::cleanChanged, this, [this](bool clean) { emit modifiedChanged(!clean); });
}

DesignDocument::~DesignDocument() {
    // The stack goes before the members its commands refer to, and tells nobody.
    m_undo.disconnect(this);
    m_undo.clear();
}

const GraphAnalysis& DesignDocument::rootAnalysis() const {
    if (m_rootStale) {
        m_rootAnalysis = analyse(rootGraph(), m_catalogue, std::max<std::int64_t>(m_project.training.batchSize, 1));
        m_rootStale = false;
    }
    return m_rootAnalysis;
}

const GraphAnalysis& DesignDocument::analysis() const {
    if (!isInside()) return rootAnalysis();
    if (m_stale) {
        std::vector<NodeId> path;
        for (const OpenBlock& open : m_scope) path.push_back(open.node);
        m_analysis =
            analyseInside(rootGraph(), path, m_catalogue, std::max<std::int64_t>(m_project.training.batchSize, 1));
        m_stale = false;
    }
    return m_analysis;
}

const GraphAnalysis& DesignDocument::knownAnalysis() const {
    return isLarge() && !isInside() ? m_rootAnalysis : analysis();
}

bool DesignDocument::isLarge() const {
    constexpr std::size_t kLarge = 1500;  // layers; so many are analysed in a few milliseconds
    return m_project.graph.nodes().size() > kLarge;
}

std::vector<Problem> DesignDocument::problems() const {
    std::vector<Problem> all = knownAnalysis().problems;
    if (isInside()) return all;  // what a run said is about the project's own drawing
    for (const Problem& problem : m_runProblems)
        if (std::ranges::find(all, problem) == all.end()) all.push_back(problem);
    return all;
}

void DesignDocument::setRunProblems(std::vector<Problem> problems) {
    if (problems == m_runProblems) return;
    m_runProblems = std::move(problems);
    m_analysisTimer.start();
}

void DesignDocument::markStale() {
    m_stale = m_rootStale = true;
    m_runProblems.clear();
    if (isLarge()) {
        m_background.start(m_project.graph, m_catalogue, std::max<std::int64_t>(m_project.training.batchSize, 1));
    } else {
        m_background.cancel();
        m_analysisTimer.start();
    }
}

// --- File

QString DesignDocument::displayName() const {
    if (!m_project.name.empty()) return QString::fromStdString(m_project.name);
    return m_path.isEmpty() ? tr("Untitled") : QFileInfo(m_path).completeBaseName();
}

void DesignDocument::newProject() {
    adopt({});
}

void DesignDocument::load(const QString& path) {
    adopt(loadProject(toPath(path), m_base), path);
}

void DesignDocument::adopt(Project project, const QString& path) {
    m_undo.clear();
    m_project = std::move(project);
    m_pasteCount = 0;
    m_selection.clear();
    m_scope.clear();
    refreshCatalogue();
    setPath(path);
    markStale();
    emit reset();
    emit projectChanged();
}

void DesignDocument::save() {
    assert(!m_path.isEmpty());
    saveAs(m_path);
}

void DesignDocument::saveAs(const QString& path) {
    saveProject(m_project, toPath(path), m_base);
    setPath(path);
    m_undo.setClean();
}

void DesignDocument::setPath(const QString& path) {
    const QString absolute = path.isEmpty() ? QString() : QFileInfo(path).absoluteFilePath();
    if (absolute == m_path) return;
    m_path = absolute;
    emit pathChanged();
}

// --- Steps

QString DesignDocument::mergeKeyed(const QString& key) const {
    return key.isEmpty() ? QString() : key + '#' + QString::number(m_mergeGeneration);
}

void DesignDocument::edit(const QString& stepName, const std::function<void(ModelGraph&)>& change,
                          const QString& mergeKey) {
    ModelGraph changed = graph();
    change(changed);
    DesignStep step{m_scope, difference(graph(), changed)};
    bringBlocks(step);
    if (step.empty() || !mayPush(step, changed)) return;
    followPorts(step, changed);
    push(stepName, std::move(step), mergeKey);
}

void DesignDocument::push(const QString& stepName, DesignStep step, const QString& mergeKey) {
    m_undo.push(new GraphCommand(*this, stepName, std::move(step), mergeKeyed(mergeKey)));
}

namespace {
bool changesMeaning(const NodeChange& change) {
    return change.before.name != change.after.name || change.before.attributes != change.after.attributes ||
           change.before.sharesWith != change.after.sharesWith || change.before.bypassed != change.after.bypassed;
}

bool changesMeaning(const GraphDelta& delta) {
    return !delta.removed.empty() || !delta.added.empty() || !delta.cut.empty() || !delta.joined.empty() ||
           std::ranges::any_of(delta.changed, [](const NodeChange& change) { return changesMeaning(change); });
}
}  // namespace

void DesignDocument::apply(const DesignStep& step) {
    goTo(step.scope);
    if (step.blocks) m_project.blocks = step.blocks->second;
    resolveScope();
    gradlens::apply(step.delta, openGraph());
    for (const auto& [block, delta] : step.elsewhere) gradlens::apply(delta, *drawingOf(block));
    const bool meaningChanged = changesMeaning(step.delta) || !step.elsewhere.empty() || step.blocks;
    if (meaningChanged && (isInside() || !step.elsewhere.empty() || step.blocks)) refreshCatalogue();
    announce(step.delta, meaningChanged);
}

void DesignDocument::takeBack(const DesignStep& step) {
    goTo(step.scope);
    const GraphDelta back = step.delta.inverted();
    gradlens::apply(back, openGraph());
    for (const auto& [block, delta] : step.elsewhere) gradlens::apply(delta.inverted(), *drawingOf(block));
    if (step.blocks) m_project.blocks = step.blocks->first;
    resolveScope();
    const bool meaningChanged = changesMeaning(step.delta) || !step.elsewhere.empty() || step.blocks;
    if (meaningChanged && (isInside() || !step.elsewhere.empty() || step.blocks)) refreshCatalogue();
    announce(back, meaningChanged);
}

void DesignDocument::announce(const GraphDelta& delta, bool meaningChanged) {
    std::vector<NodeId> moved;
    for (const Edge& edge : delta.cut) emit edgeRemoved(edge);
    for (const Node& node : delta.removed) emit nodeRemoved(node.id);
    for (const Node& node : delta.added) emit nodeAdded(node.id);
    for (const NodeChange& change : delta.changed) {
        if (change.before.position != change.after.position) moved.push_back(change.after.id);
        if (changesMeaning(change)) emit nodeChanged(change.after.id);
    }
    if (!moved.empty()) emit nodesMoved(moved);
    for (const Edge& edge : delta.joined) emit edgeAdded(edge);
    announceNotes(delta);
    if (delta.style) emit styleChanged();
    m_selection.prune(graph());
    if (meaningChanged) markStale();
    emit graphChanged();
    emit projectChanged();
}

DesignDocument::Settings DesignDocument::settings() const {
    return {m_project.name, m_project.description, m_project.data, m_project.training};
}

void DesignDocument::editSettings(const QString& stepName, Settings settings, const QString& mergeKey) {
    Settings before = this->settings();
    if (settings == before) return;
    m_undo.push(new SettingsCommand(*this, stepName, std::move(before), std::move(settings), mergeKeyed(mergeKey)));
}

void DesignDocument::applySettings(const Settings& settings) {
    const bool affectsAnalysis =
        settings.training.batchSize != m_project.training.batchSize || settings.data != m_project.data;
    m_project.name = settings.name;
    m_project.description = settings.description;
    m_project.data = settings.data;
    m_project.training = settings.training;
    if (affectsAnalysis) markStale();
    emit projectChanged();
}

void DesignDocument::setName(const QString& name) {
    Settings changed = settings();
    changed.name = name.toStdString();
    editSettings(tr("Rename the project"), std::move(changed), "name");
}

void DesignDocument::setDescription(const QString& description) {
    Settings changed = settings();
    changed.description = description.toStdString();
    editSettings(tr("Describe the project"), std::move(changed), "description");
}

void DesignDocument::setData(const DatasetSpec& data, const QString& stepName, const QString& mergeKey) {
    Settings changed = settings();
    const QString usual = changed.data.source == data.source ? "data" : QString();
    changed.data = data;
    editSettings(stepName.isEmpty() ? tr("Change the data") : stepName, std::move(changed),
                 stepName.isEmpty() ? usual : mergeKey);
}

void DesignDocument::setTraining(const TrainingSpec& training, const QString& stepName, const QString& mergeKey) {
    Settings changed = settings();
    const QString usual = changed.training.optimizer.name == training.optimizer.name ? "training" : QString();
    changed.training = training;
    editSettings(stepName.isEmpty() ? tr("Change the training") : stepName, std::move(changed),
                 stepName.isEmpty() ? usual : mergeKey);
}

}  // namespace gradlens
