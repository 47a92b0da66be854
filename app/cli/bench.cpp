// SPDX-License-Identifier: GPL-3.0-or-later
// `gradlens-cli bench`: the time of a training step of known networks, by the same plan and executor as training,
// against what the processor's matrix products reach. Each measurement runs in a process of its own, so that its peak
// memory is its own.
#include "app/cli/child_process.h"
#include "app/cli/command.h"
#include "app/cli/progress.h"
#include "app/cli/workloads.h"
#include "core/base/error.h"
#include "core/engine/executor.h"
#include "core/kernels/gemm.h"
#include "core/train/problems_error.h"
#include "core/train/state.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <thread>

namespace gradlens::cli {

using Json = nlohmann::ordered_json;

namespace {
constexpr int kWrongUsage = 2;
constexpr double kBlockSeconds = 0.1;  // a block of steps
constexpr std::size_t kFewestBlocks = 5;
constexpr std::uint64_t kSeed = 1;

double now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double median(std::vector<double> values) {
    std::ranges::sort(values);
    const std::size_t half = values.size() / 2;
    return values.size() % 2 == 1 ? values[half] : 0.5 * (values[half - 1] + values[half]);
}

// The median time of one call, over blocks of about kBlockSeconds.
template <class F>
double medianSeconds(double seconds, F&& call) {
    const auto perCall = [&](int calls) {
        const double begin = now();
        for (int i = 0; i < calls; ++i) call();
        return (now() - begin) / calls;
    };
    perCall(3);
    const int block = std::max(1, static_cast<int>(kBlockSeconds / std::max(perCall(2), 1e-6)));
    std::vector<double> times;
    for (const double deadline = now() + seconds; times.size() < kFewestBlocks || now() < deadline;)
        times.push_back(perCall(block));
    return median(std::move(times));
}

// The best of large square products: what everything else is measured against.
Json sgemmPeak(int threads) {
    const Arena arena(threads);
    double best = 0;
    for (const std::int64_t size : {512, 768, 1024}) {
        std::vector<float> a(static_cast<std::size_t>(size * size), 0.5f), b(a), c(a);
        const double flops = 2.0 * std::pow(static_cast<double>(size), 3);
        for (int i = 0; i < 8; ++i) {
            const double begin = now();
            gemm<float>(arena, size, size, size, 1.0f, {a.data(), size}, {b.data(), size}, 0.0f, c.data(), size);
            best = std::max(best, flops / (now() - begin));
        }
    }
    return best * 1e-9;
}

Tensor randomTensor(const Shape& shape, std::int64_t classes, std::uint64_t sequence) {
    const Random random(kSeed, RandomStream::Generate, sequence);
    Tensor tensor(classes > 0 ? DType::Int32 : DType::Float32, shape);
    for (std::size_t i = 0; i < static_cast<std::size_t>(tensor.elements()); ++i) {
        if (classes > 0)
            tensor.as<std::int32_t>()[i] =
                static_cast<std::int32_t>(random.below(i, static_cast<std::uint64_t>(classes)));
        else
            tensor.as<float>()[i] = static_cast<float>(random.uniform(i));
    }
    return tensor;
}

// Weights as PyTorch begins: uniform within 1 / sqrt(fan-in).
void setInitialScales(const TrainingGraph& graph, State& state) {
    for (std::size_t i = 0; i < graph.values.size(); ++i) {
        const ParameterSpec* spec = graph.specOf(static_cast<ValueIndex>(i));
        if (spec == nullptr || spec->initializer == Initializer::Zeros || spec->initializer == Initializer::Ones ||
            spec->initializer == Initializer::Normal)
            continue;
        const Random random(kSeed, RandomStream::Generate, i);
        const double bound = 1 / std::sqrt(static_cast<double>(spec->fanIn));
        const auto values = state.find(graph.values[i].name)->tensor.as<float>();
        for (std::size_t k = 0; k < values.size(); ++k)
            values[k] = static_cast<float>((2 * random.uniform(k) - 1) * bound);
    }
}

// FLOPs of a step by the ops' own costs. A layer whose input needs no gradient spares one of its two backward products.
double stepFlops(const TrainingGraph& graph) {
    double flops = 0;
    for (const Instruction& instruction : graph.instructions) {
        if (instruction.analysis < 0) continue;
        const OpCost& cost = graph.nodes[static_cast<std::size_t>(instruction.analysis)].cost;
        if (instruction.kind == InstructionKind::Forward) flops += cost.forward.flops;
        if (instruction.kind != InstructionKind::Backward) continue;
        const bool inputWanted =
            std::ranges::any_of(instruction.gradInputs, [](ValueIndex value) { return value != kNoValue; });
        flops += inputWanted ? cost.backward.flops : cost.backward.flops / 2;
    }
    return flops;
}

Json measure(const Workload& workload, int threads, double seconds) {
    const Arena arena(threads);
    const GraphAnalysis analysis = analyse(workload.draw(), opCatalogue(), workload.batch);
    if (!analysis.valid()) throw ProblemsError(analysis.problems);
    auto graph = std::make_shared<const TrainingGraph>(lower(workload.draw(), analysis, &workload.optimizer));
    State state = initialState(*graph, arena, kSeed, workload.optimizer.attributes.real("learning_rate"));
    setInitialScales(*graph, state);
    auto plan = std::make_shared<const Plan>(makePlan(graph));
    Executor executor(plan, arena, std::make_shared<Workspace>());
    executor.bindState(bindings(state, *graph));
    const Tensor features = randomTensor(workload.features.withFront(workload.batch), workload.tokens, 1);
    const Tensor labels = randomTensor(workload.labels.withFront(workload.batch), workload.classes, 2);
    const double step = medianSeconds(seconds, [&] {
        executor.begin({features.view(), labels.view(), state.seed, state.step, state.learningRate});
        executor.runToEnd();
        ++state.step;
    });
    return {{"ms_per_step", 1e3 * step},
            {"gflops", stepFlops(*graph) / step * 1e-9},
            {"final_loss", jsonNumber(executor.view(graph->loss).at(0))},
            {"peak_memory_mb", peakMemoryBytes() * 1e-6}};
}

// The workload at each number of threads; the fastest counts.
Json measureAll(const Workload& workload, const std::vector<int>& threadCounts, const std::vector<double>& peaks,
                double seconds) {
    Json best, byThreads = Json::object();
    for (std::size_t i = 0; i < threadCounts.size(); ++i) {
        Json result = inChildProcess([&] { return measure(workload, threadCounts[i], seconds); });
        byThreads[std::to_string(threadCounts[i])] = result["ms_per_step"];
        if (!best.is_null() && best["ms_per_step"] <= result["ms_per_step"]) continue;
        best = {{"ms_per_step", result["ms_per_step"]},
                {"gflops", result["gflops"]},
                {"share_of_peak", result["gflops"].get<double>() / peaks[i]},
                {"peak_memory_mb", result["peak_memory_mb"]},
                {"threads", threadCounts[i]},
                {"final_loss", result["final_loss"]}};
    }
    best["ms_by_threads"] = std::move(byThreads);
    return best;
}

std::vector<const Workload*> chosen(const std::vector<std::string>& names) {
    std::vector<const Workload*> result;
    for (const Workload& workload : workloads())
        if (names.empty()) result.push_back(&workload);
    for (const std::string& name : names) {
        const Workload* found = findWorkload(name);
        if (found == nullptr) {
            std::fprintf(stderr, "gradlens-cli: there is no workload called '%s'. There are:\n", name.c_str());
            for (const Workload& workload : workloads())
                std::fprintf(stderr, "  %-10s %s\n", workload.name.c_str(), workload.description.c_str());
            return {};
        }
        result.push_back(found);
    }
    return result;
}
}  // namespace

int bench(const BenchOptions& options) {
    const std::vector<const Workload*> selected = chosen(options.names);
    if (selected.empty()) return kWrongUsage;
    std::vector<int> threadCounts = options.threads;
    if (threadCounts.empty())
        threadCounts.push_back(static_cast<int>(std::max(1U, std::thread::hardware_concurrency())));
    Progress progress;
    std::vector<double> peaks;
    for (const int threads : threadCounts)
        peaks.push_back(inChildProcess([&] { return sgemmPeak(threads); }).get<double>());
    Json results = Json::object();
    if (!options.json)
        std::printf("%-10s %12s %10s %10s %12s\n", "workload", "ms a step", "GFLOP/s", "of peak", "peak memory");
    for (std::size_t i = 0; i < selected.size(); ++i) {
        progress.show(static_cast<double>(i) / static_cast<double>(selected.size()), selected[i]->name);
        const Json row = measureAll(*selected[i], threadCounts, peaks, options.seconds);
        if (!options.json) {
            std::printf("%-10s %12.3f %10.1f %9.0f%% %9.0f MB\n", selected[i]->name.c_str(),
                        row["ms_per_step"].get<double>(), row["gflops"].get<double>(),
                        100 * row["share_of_peak"].get<double>(), row["peak_memory_mb"].get<double>());
            std::fflush(stdout);
        }
        results[selected[i]->name] = row;
    }
    const double peak = *std::ranges::max_element(peaks);
    if (options.json)
        printJson({{"threads", *std::ranges::max_element(threadCounts)},
                   {"sgemm_peak_gflops", peak},
                   {"workloads", std::move(results)}});
    else
        std::printf("\nsgemm peak %.0f GFLOP/s on %d threads\n", peak, *std::ranges::max_element(threadCounts));
    return 0;
}

}  // namespace gradlens::cli
