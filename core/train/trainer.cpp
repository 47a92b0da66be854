// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/trainer.h"

#include "core/train/trainer_worker.h"

#include <thread>

namespace gradlens {

struct Trainer::Impl {
    explicit Impl(TrainerOptions options)
        : worker(std::move(options)), thread([this](std::stop_token stop) { worker.work(std::move(stop)); }) {}

    using When = TrainerWorker::When;
    void post(When when, std::function<void(TrainerWorker&)> execute, std::string tag = {}, bool replacesRun = false) {
        worker.post({std::move(tag), when, std::move(execute), replacesRun});
    }

    TrainerWorker worker;
    std::jthread thread;  // last: joins before the worker goes
};

Trainer::Trainer(TrainerOptions options) : m_impl(std::make_unique<Impl>(std::move(options))) {}
Trainer::~Trainer() = default;

void Trainer::prepare(Project project, std::filesystem::path projectFolder, std::filesystem::path runFolder) {
    m_impl->post(
        Impl::When::BetweenSteps, [=](TrainerWorker& worker) { worker.prepare(project, projectFolder, runFolder); }, {},
        true);
}
void Trainer::run() {
    m_impl->post(Impl::When::Anytime, [](TrainerWorker& worker) { worker.runTo({}); });
}
void Trainer::runTo(std::int64_t step) {
    m_impl->post(Impl::When::Anytime, [=](TrainerWorker& worker) { worker.runTo(step); });
}
void Trainer::pause() {
    m_impl->post(Impl::When::Anytime, [](TrainerWorker& worker) { worker.pause(); });
}
void Trainer::stepInstruction() {
    m_impl->post(Impl::When::BetweenInstructions, [](TrainerWorker& worker) { worker.stepInstruction(); });
}
void Trainer::stepBatch(std::int64_t batches) {
    m_impl->post(Impl::When::Anytime, [=](TrainerWorker& worker) { worker.runBatches(batches); });
}
void Trainer::stepEpoch() {
    m_impl->post(Impl::When::Anytime, [](TrainerWorker& worker) { worker.runEpoch(); });
}
void Trainer::stop() {
    m_impl->post(Impl::When::BetweenSteps, [](TrainerWorker& worker) { worker.stopAndSave(); });
}
void Trainer::evaluate() {
    m_impl->post(Impl::When::BetweenSteps, [](TrainerWorker& worker) { worker.evaluateNow(); });
}
void Trainer::save() {
    m_impl->post(Impl::When::BetweenSteps, [](TrainerWorker& worker) { worker.save(); });
}
void Trainer::hashState() {
    m_impl->post(Impl::When::BetweenSteps, [](TrainerWorker& worker) { worker.hashState(); });
}
void Trainer::setLearningRate(double learningRate) {
    m_impl->post(
        Impl::When::BetweenSteps, [=](TrainerWorker& worker) { worker.setLearningRate(learningRate); },
        "learning rate");
}
void Trainer::setEpochs(std::int64_t epochs) {
    m_impl->post(Impl::When::Anytime, [=](TrainerWorker& worker) { worker.setEpochs(epochs); }, "epochs");
}
void Trainer::edit(Project project) {
    m_impl->post(Impl::When::BetweenSteps, [=](TrainerWorker& worker) { worker.edit(project); }, "edit");
}
ProbeId Trainer::addProbe(ProbeRequest request) {
    const ProbeId probe = m_impl->worker.probes().add(std::move(request));
    // At rest the worker sleeps: wake it, so that it looks at what is asked.
    m_impl->post(Impl::When::Anytime, [](TrainerWorker& worker) { worker.look(); }, "look");
    return probe;
}
void Trainer::removeProbe(ProbeId probe) {
    m_impl->worker.probes().remove(probe);
}
void Trainer::setProbeBudget(double share) {
    m_impl->worker.probes().setBudget(share);
}
void Trainer::askForWeights() {
    m_impl->post(Impl::When::Anytime, [](TrainerWorker& worker) { worker.askForWeights(); }, "weights");
}

TrainerStatus Trainer::status() const {
    return m_impl->worker.status();
}
std::uint64_t Trainer::version() const {
    return m_impl->worker.version();
}
std::shared_ptr<const ScalarLog> Trainer::scalars() const {
    return m_impl->worker.scalars();
}
std::shared_ptr<const ProbeResult> Trainer::latest(ProbeId probe) const {
    return m_impl->worker.probes().latest(probe);
}
std::shared_ptr<const State> Trainer::weights() const {
    return m_impl->worker.weights();
}
std::vector<TrainerEvent> Trainer::takeEvents() {
    return m_impl->worker.takeEvents();
}
std::shared_ptr<const TrainingGraph> Trainer::trainingGraph() const {
    return m_impl->worker.trainingGraph();
}

}  // namespace gradlens
