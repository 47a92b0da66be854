// SPDX-License-Identifier: GPL-3.0-or-later
// What looking costs: steps of mnist-cnn with nobody looking, with the probes the canvas registers under the usual
// budget, and with the statistics of every value at every step, in turns: bench_probes [THREADS]. Prints medians and
// what they are above the first.
#include "app/cli/workloads.h"
#include "core/train/probe_set.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

using namespace gradlens;

namespace {
constexpr int kRounds = 31, kStepsOfRound = 8;
using Clock = std::chrono::steady_clock;

std::shared_ptr<const Dataset> randomImages(const cli::Workload& workload) {
    auto dataset = std::make_shared<Dataset>();
    dataset->name = "random images";
    dataset->featureShape = workload.features;
    for (std::int64_t i = 0; i < workload.classes; ++i) dataset->classNames.push_back(std::to_string(i));
    const Random random(1, RandomStream::Generate, 0);
    for (DatasetPart* part : {&dataset->train, &dataset->validation}) {
        part->features = Tensor(DType::Float32, workload.features.withFront(8 * workload.batch));
        part->labels = Tensor(DType::Int32, workload.labels.withFront(8 * workload.batch));
        std::uint64_t drawn = 0;
        for (float& value : part->features.as<float>()) value = static_cast<float>(random.uniform(drawn++));
        for (std::int32_t& label : part->labels.as<std::int32_t>())
            label = static_cast<std::int32_t>(random.below(drawn++, static_cast<std::uint64_t>(workload.classes)));
    }
    return dataset;
}

// A run with probes, driven as the trainer thread does.
struct Watched {
    Watched(const Arena& arena, const Project& project, std::shared_ptr<const Dataset> dataset)
        : run(arena, project, std::move(dataset)) {
        run.setObserver([this](InstructionIndex index) { probes.sampleAfter(index); });
        probes.attach(&run, &arena);
    }
    void step() {
        probes.beforeStep(always);
        run.beginStep(StepBy::Wave);
        probes.sampleBatch();
        while (!run.stepDone()) run.executeNext();
        run.finishStep();
        probes.afterStep();
    }
    TrainingRun run;
    ProbeSet probes;
    bool always = false;
    std::vector<double> seconds;  // of a step, by rounds
};

void watch(Watched& watched, bool (*wanted)(const Value&)) {
    for (const Value& value : watched.run.graph()->values)
        if (wanted(value)) watched.probes.add({value.name});
}

double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}
}  // namespace

int main(int argc, char** argv) {
    const Arena arena(argc > 1 ? std::atoi(argv[1]) : 2);
    const cli::Workload& workload = *cli::findWorkload("mnist-cnn");
    Project project;
    project.graph = workload.draw();
    project.training.optimizer = workload.optimizer;
    project.training.batchSize = workload.batch;
    project.training.epochs = 1'000'000;
    const auto dataset = randomImages(workload);
    Watched none(arena, project, dataset), canvas(arena, project, dataset), all(arena, project, dataset);
    // What CanvasLife asks for: outputs, their gradients, and gradients of weights.
    watch(canvas,
          [](const Value& value) { return value.kind == ValueKind::Activation || value.kind == ValueKind::Gradient; });
    watch(all, [](const Value&) { return true; });
    all.always = true;
    const std::array<std::pair<const char*, Watched*>, 3> cases = {
        {{"nobody looks", &none}, {"the canvas looks", &canvas}, {"every value, every step", &all}}};
    for (const auto& [name, watched] : cases)
        for (int i = 0; i < kStepsOfRound; ++i) watched->step();
    // The ratio to the round beside it: a machine that is busy for a while disturbs both alike.
    for (int round = 0; round < kRounds; ++round)
        for (const auto& [name, watched] : cases) {
            const auto begin = Clock::now();
            for (int i = 0; i < kStepsOfRound; ++i) watched->step();
            watched->seconds.push_back(std::chrono::duration<double>(Clock::now() - begin).count() / kStepsOfRound);
        }
    for (const auto& [name, watched] : cases) {
        std::vector<double> ratios;
        for (std::size_t i = 0; i < watched->seconds.size(); ++i)
            ratios.push_back(watched->seconds[i] / none.seconds[i]);
        std::printf("%-24s %8.2f ms a step  %+6.1f %%\n", name, 1e3 * median(watched->seconds),
                    100 * (median(ratios) - 1));
    }
    return 0;
}
