// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/bench_support.h"
#include "tests/core/support_op_runner.h"

#include <memory>
#include <string_view>

namespace gradlens::bench {

namespace {
// An op ready to be called again and again on the same memory.
class Call {
public:
    Call(const OpDefinition& op, const OpSample& sample) : m_run(test::sampleRun(op, sample, DType::Float32)) {
        const Arena arena(1);
        m_run.forward(arena);
        if (op.backward != nullptr) m_run.backward(arena);
        fill(m_run.inputs, m_inputs);
        fill(m_run.parameters, m_parameters);
        fill(m_run.outputs, m_outputs);
        fill(m_run.saved, m_saved);
        fill(m_run.gradOutputs, m_gradOutputs);
        fill(m_run.gradInputs, m_gradInputs);
        fill(m_run.gradParameters, m_gradParameters);
        for (TensorView& view : m_gradInputs)
            if (!isReal(view.dtype())) view = {nullptr, view.dtype(), view.shape()};
        for (std::size_t i = 0; i < m_gradParameters.size(); ++i)
            if (!m_run.inference.parameters[i].trainable)
                m_gradParameters[i] = {nullptr, m_gradParameters[i].dtype(), m_gradParameters[i].shape()};
        const std::size_t bytes = std::max(m_run.inference.forwardScratch, m_run.inference.backwardScratch);
        m_scratch = Tensor(DType::UInt8, {static_cast<std::int64_t>(bytes)});
    }

    void forward(const Arena& arena) const {
        m_run.op->forward({arena, m_run.attributes, Random(1, RandomStream::Generate), true, m_inputs, m_parameters,
                           m_outputs, m_saved, m_scratch.view()});
    }
    void backward(const Arena& arena) const {
        m_run.op->backward({arena, m_run.attributes, Random(1, RandomStream::Generate), m_inputs, m_parameters,
                            m_outputs, m_saved, m_gradOutputs, m_gradInputs, m_gradParameters, m_scratch.view()});
    }

private:
    static void fill(const std::vector<test::Guarded>& from, std::vector<TensorView>& to) {
        for (const test::Guarded& value : from) to.push_back(value.view());
    }

    test::OpRun m_run;
    Tensor m_scratch;
    std::vector<TensorView> m_inputs, m_parameters, m_outputs, m_saved, m_gradOutputs, m_gradInputs, m_gradParameters;
};
}  // namespace

void addOps() {
    for (const OpDefinition& op : opCatalogue().ops()) {
        for (const OpSample& sample : op.samples) {
            const test::OpRun run = test::sampleRun(op, sample, DType::Float32);
            if (!run.inference.problems.empty()) continue;
            const OpCost cost = op.cost(run.attributes, sample.inputs, run.inference);
            const std::string name = "op " + op.name + "/" + sample.name;
            const auto made = [&op, &sample] { return std::make_shared<Call>(op, sample); };
            addBenchmark(name + " forward", cost.forward.flops,
                         [=] { return [call = made()](const Arena& arena) { call->forward(arena); }; });
            if (op.backward != nullptr)
                addBenchmark(name + " backward", cost.backward.flops,
                             [=] { return [call = made()](const Arena& arena) { call->backward(arena); }; });
        }
    }
}

int runBenchmarks(int argc, char** argv) {
    bool filtered = false;
    for (int i = 1; i < argc; ++i) filtered = filtered || std::string_view(argv[i]).starts_with("--benchmark_filter");
    if (filtered) addOps();
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}

}  // namespace gradlens::bench
