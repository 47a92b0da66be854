// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/session.h"

#include <utility>

namespace gradlens {
namespace {

constexpr int kFrameMilliseconds = 16;

std::filesystem::path toPath(const QString& text) {
    return std::filesystem::path(text.toStdU16String());
}

}  // namespace

ProbeHandle::~ProbeHandle() {
    drop();
}

ProbeHandle::ProbeHandle(ProbeHandle&& other) noexcept
    : m_trainer(std::exchange(other.m_trainer, {})), m_probe(std::exchange(other.m_probe, nullptr)) {}

ProbeHandle& ProbeHandle::operator=(ProbeHandle&& other) noexcept {
    if (this != &other) {
        drop();
        m_trainer = std::exchange(other.m_trainer, {});
        m_probe = std::exchange(other.m_probe, nullptr);
    }
    return *this;
}

void ProbeHandle::drop() {
    if (!m_probe) return;
    if (const auto trainer = m_trainer.lock()) trainer->removeProbe(*m_probe);
    m_probe.reset();
}

std::shared_ptr<const ProbeResult> ProbeHandle::latest() const {
    const auto trainer = m_probe ? m_trainer.lock() : nullptr;
    return trainer ? trainer->latest(*m_probe) : nullptr;
}

Session::Session(TrainerOptions options, QObject* parent)
    : QObject(parent), m_trainer(std::make_shared<Trainer>(std::move(options))) {
    // The window's own painting comes on top: together they stay within a twentieth of the training time.
    constexpr double kProbeBudget = 0.01;
    m_trainer->setProbeBudget(kProbeBudget);
    m_timer.setTimerType(Qt::PreciseTimer);
    m_timer.setInterval(kFrameMilliseconds);
    connect(&m_timer, &QTimer::timeout, this, &Session::poll);
    m_timer.start();
}

Session::~Session() = default;

void Session::prepare(const Project& project, const QString& projectFolder, const QString& runFolder) {
    m_closed = false;
    m_trainer->prepare(project, toPath(projectFolder), toPath(runFolder));
}

void Session::close() {
    if (m_closed) return;
    m_closed = true;
    m_trainer->stop();
    m_status = {};
    setWeights(nullptr);
    emit statusChanged();
}

bool Session::isPrepared() const {
    if (m_closed || m_status.phase == TrainerPhase::Empty || m_status.phase == TrainerPhase::Preparing) return false;
    return m_trainer->trainingGraph() != nullptr;
}

void Session::run() {
    m_trainer->run();
}

void Session::pause() {
    m_trainer->pause();
}

void Session::stop() {
    m_trainer->stop();
}

void Session::stepInstruction() {
    m_trainer->stepInstruction();
}

void Session::stepBatch(qint64 batches) {
    m_trainer->stepBatch(batches);
}

void Session::stepEpoch() {
    m_trainer->stepEpoch();
}

void Session::setLearningRate(double learningRate) {
    m_trainer->setLearningRate(learningRate);
}

void Session::setEpochs(qint64 epochs) {
    m_trainer->setEpochs(epochs);
}

void Session::edit(const Project& project) {
    m_trainer->edit(project);
}

void Session::save() {
    m_trainer->save();
}

std::shared_ptr<const ScalarLog> Session::scalars() const {
    return m_trainer->scalars();
}

std::shared_ptr<const TrainingGraph> Session::trainingGraph() const {
    return m_closed ? nullptr : m_trainer->trainingGraph();
}

ProbeHandle Session::probe(const ProbeRequest& request) {
    ProbeHandle handle;
    handle.m_trainer = m_trainer;
    handle.m_probe = std::make_shared<const ProbeId>(m_trainer->addProbe(request));
    m_probes.insert(*handle.m_probe, {handle.m_probe, 0});
    return handle;
}

void Session::askForWeights() {
    m_trainer->askForWeights();
}

void Session::setWeights(std::shared_ptr<const State> weights) {
    if (weights == m_weights) return;
    m_weights = std::move(weights);
    emit weightsChanged();
}

void Session::poll() {
    // Read the version first: what changes while we read is seen again at the next frame.
    const std::uint64_t version = m_trainer->version();
    if (version == m_version) return;
    m_version = version;
    if (!m_closed) {
        m_status = m_trainer->status();
        pollGraph();
        pollScalars();
        emit statusChanged();
        pollProbes();
        if (!m_closed) setWeights(m_trainer->weights());
    }
    // A listener may end the run or start another: events still queued are told all the same.
    for (const TrainerEvent& event : m_trainer->takeEvents()) emit eventArrived(event);
}

void Session::pollScalars() {
    const auto log = m_trainer->scalars();
    if (log != m_seenScalars.lock()) {
        m_seenScalars = log;
        m_seenPoints = 0;
        emit scalarsReplaced();
    }
    if (!log) return;
    std::int64_t points = 0;
    for (std::int64_t i = 0; i < log->count(); ++i) points += log->at(i).size();
    if (points == m_seenPoints) return;
    m_seenPoints = points;
    emit scalarsChanged();
}

void Session::pollGraph() {
    const auto graph = m_trainer->trainingGraph();
    if (graph == m_seenGraph.lock()) return;
    m_seenGraph = graph;
    emit trainingGraphChanged();
}

void Session::pollProbes() {
    // Listeners may add and drop probes meanwhile: collect first.
    QVector<ProbeId> fresh;
    for (auto it = m_probes.begin(); it != m_probes.end();) {
        if (it->alive.expired()) {
            it = m_probes.erase(it);
            continue;
        }
        const auto result = m_trainer->latest(it.key());
        if (result && result->version != it->version) {
            it->version = result->version;
            fresh.append(it.key());
        }
        ++it;
    }
    for (ProbeId probe : std::as_const(fresh)) emit probeChanged(probe);
}

}  // namespace gradlens
