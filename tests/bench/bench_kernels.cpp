// SPDX-License-Identifier: GPL-3.0-or-later
// Times of the kernels that training spends its time in, at one and two threads (Google Benchmark):
// bench_kernels --benchmark_filter='gemm 128'. GFLOP/s are of real time.
#include "core/kernels/batch_norm.h"
#include "core/kernels/conv2d.h"
#include "core/kernels/elementwise.h"
#include "core/kernels/gemm.h"
#include "core/kernels/pool2d.h"
#include "core/kernels/softmax.h"
#include "core/kernels/statistics.h"
#include "core/kernels/sums.h"
#include "tests/bench/bench_support.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

using namespace gradlens;
using gradlens::bench::addBenchmark;

namespace {
std::vector<float> ramp(std::int64_t count) {
    std::vector<float> values(static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i * 7919 % 1000) * 0.001f - 0.5f;
    return values;
}

void addGemm(std::int64_t m, std::int64_t n, std::int64_t k, const char* kind) {
    addBenchmark("gemm " + std::to_string(m) + "x" + std::to_string(n) + "x" + std::to_string(k) + " " + kind,
                 2.0 * static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k), [=] {
                     const Transposed at = kind[0] == 'T' ? Transposed::Yes : Transposed::No;
                     const Transposed bt = kind[1] == 'T' ? Transposed::Yes : Transposed::No;
                     return
                         [=, a = ramp(m * k), b = ramp(k * n), c = std::vector<float>(static_cast<std::size_t>(m * n)),
                          scratch = allocateBuffer(gemmScratchBytes<float>(m, n, k) + 64)](const Arena& arena) mutable {
                             gemm<float>(arena, m, n, k, 1.0f, {a.data(), at == Transposed::Yes ? m : k, at},
                                         {b.data(), bt == Transposed::Yes ? k : n, bt}, 0.0f, c.data(), n,
                                         gemmScratchBytes<float>(m, n, k) > 0 ? scratch.get() : nullptr);
                         };
                 });
}

// The three passes of a convolution, with memory made when one of them runs.
void addConv(const std::string& name, const ConvGeometry& g) {
    struct Memory {
        std::vector<float> x, w, dy, y, dx, dw, db;
        Buffer scratch;
        explicit Memory(const ConvGeometry& of)
            : x(ramp(of.batch * of.inChannels * of.inputPixels())),
              w(ramp(of.outChannels * of.taps())),
              dy(ramp(of.batch * of.outChannels * of.outputPixels())),
              y(dy.size()),
              dx(x.size()),
              dw(w.size()),
              db(static_cast<std::size_t>(of.outChannels)),
              scratch(allocateBuffer(std::max({conv2dForwardScratch<float>(of), conv2dGradInputScratch<float>(of),
                                               conv2dGradWeightScratch<float>(of)}))) {}
    };
    const auto pass = [&](const std::string& passName, auto run) {
        addBenchmark(name + " " + passName, 2 * g.macs(), [=] {
            return [=, memory = std::make_shared<Memory>(g)](const Arena& arena) { run(arena, *memory); };
        });
    };
    pass("forward", [g](const Arena& arena, Memory& at) {
        conv2dForward(arena, g, at.x.data(), at.w.data(), at.db.data(), at.y.data(), at.scratch.get());
    });
    pass("grad input", [g](const Arena& arena, Memory& at) {
        conv2dGradInput(arena, g, at.dy.data(), at.w.data(), at.dx.data(), at.scratch.get());
    });
    pass("grad weight", [g](const Arena& arena, Memory& at) {
        conv2dGradWeight(arena, g, at.x.data(), at.dy.data(), at.dw.data(), at.db.data(), at.scratch.get());
    });
}

void addPools() {
    const PoolGeometry g{128 * 64, {24, 2, 2, 0, 1}, {24, 2, 2, 0, 1}};
    const std::int64_t inputs = g.planes * 24 * 24;
    const auto outputs = static_cast<std::size_t>(g.planes * 12 * 12);
    addBenchmark("max pool 64 of 24x24 b128 forward", static_cast<double>(inputs), [=] {
        return [=, x = ramp(inputs), y = std::vector<float>(outputs), argmax = std::vector<std::int32_t>(outputs)](
                   const Arena& arena) mutable { maxPool2dForward(arena, g, x.data(), y.data(), argmax.data()); };
    });
    addBenchmark("max pool 64 of 24x24 b128 backward", static_cast<double>(inputs), [=] {
        return [=, dx = ramp(inputs), dy = std::vector<float>(outputs), argmax = std::vector<std::int32_t>(outputs)](
                   const Arena& arena) mutable { maxPool2dBackward(arena, g, dy.data(), argmax.data(), dx.data()); };
    });
}

void addNorms() {
    const BatchNormGeometry g{64, 16, 32 * 32};
    const auto elements = static_cast<double>(g.elements());
    addBenchmark("batch norm 16 of 32x32 b64 forward", 8 * elements, [=] {
        return [=, x = ramp(g.elements()), y = ramp(g.elements()), weight = std::vector<float>(16, 1.0f),
                mean = std::vector<float>(16), moments = std::vector<double>(16),
                variance = std::vector<double>(16)](const Arena& arena) mutable {
            batchMoments(arena, g, x.data(), moments.data(), variance.data());
            batchNormalise(arena, g, x.data(), mean.data(), weight.data(), weight.data(), mean.data(), y.data());
        };
    });
    addBenchmark("batch norm 16 of 32x32 b64 backward", 12 * elements, [=] {
        return [=, x = ramp(g.elements()), dx = ramp(g.elements()), weight = std::vector<float>(16, 1.0f),
                mean = std::vector<float>(16), dw = std::vector<float>(16),
                db = std::vector<float>(16)](const Arena& arena) mutable {
            batchNormBackward(arena, g, x.data(), x.data(), mean.data(), weight.data(), weight.data(), dx.data(),
                              dw.data(), db.data());
        };
    });
}

// Element by element, and sums: what memory allows. FLOP stands for elements here.
void addElementwise() {
    const std::int64_t count = 128 * 64 * 144;
    addBenchmark("relu 1.2M", static_cast<double>(count), [=] {
        return [x = ramp(count), y = ramp(count)](const Arena& arena) mutable {
            mapElements<float>(arena, x, y, [](float value) { return value < 0 ? 0.0f : value; });
        };
    });
    addBenchmark("add 1.2M", static_cast<double>(count), [=] {
        return [x = ramp(count), y = ramp(count)](const Arena& arena) mutable {
            zipElements<float>(arena, x, y, y, [](float a, float b) { return a + b; });
        };
    });
    addBenchmark("sum of rows 1024x384", 1024 * 384, [=] {
        return [x = ramp(1024 * 384), y = ramp(384)](const Arena& arena) mutable {
            sumRows<float>(arena, 1024, 384, x.data(), y.data());
        };
    });
    addBenchmark("statistics 1.2M", static_cast<double>(count), [=] {
        return [tensor = Tensor(DType::Float32, {count})](const Arena& arena) {
            benchmark::DoNotOptimize(statisticsOf(arena, tensor.view()));
        };
    });
}

void addAllGemms() {
    addGemm(1024, 1024, 1024, "NN");  // the peak
    addGemm(128, 512, 784, "NT");     // mlp: forward, gradient of weight and of input
    addGemm(512, 784, 128, "TN");
    addGemm(128, 512, 512, "NT");
    addGemm(512, 512, 128, "TN");
    addGemm(128, 512, 512, "NN");
    addGemm(128, 10, 512, "NT");
    addGemm(10, 512, 128, "TN");
    addGemm(128, 512, 10, "NN");
    addGemm(32, 32, 64, "NT");  // tiny-mlp
    addGemm(32, 64, 32, "TN");
    addGemm(32, 10, 32, "NT");
    addGemm(10, 32, 32, "TN");
    addGemm(32, 32, 10, "NN");
    addGemm(128, 128, 9216, "NT");  // mnist-cnn
    addGemm(128, 9216, 128, "TN");
    addGemm(128, 9216, 128, "NN");
    addGemm(64, 120, 400, "NT");  // lenet5
    addGemm(120, 400, 64, "TN");
    addGemm(1024, 384, 128, "NT");  // chargpt: query, key and value, the feed-forward pair, the vocabulary
    addGemm(384, 128, 1024, "TN");
    addGemm(1024, 128, 384, "NN");
    addGemm(1024, 512, 128, "NT");
    addGemm(1024, 128, 512, "NT");
    addGemm(512, 128, 1024, "TN");
    addGemm(1024, 65, 128, "NT");
    addGemm(65, 128, 1024, "TN");
    addGemm(64, 64, 32, "NT");  // a head of attention
    addGemm(64, 32, 64, "NN");
    addGemm(64, 512, 128, "NT");  // lstm: a step, its gradients, the inputs of all steps
    addGemm(64, 128, 512, "NN");
    addGemm(512, 128, 64, "TN");
    addGemm(1792, 512, 28, "NT");
    addGemm(512, 28, 1792, "TN");
    addGemm(64, 64, 65536, "TN");
    addGemm(1, 512, 784, "NT");  // one sample
}
}  // namespace

int main(int argc, char** argv) {
    addAllGemms();
    addConv("conv 1->32 3x3 28x28 b128", {128, 1, 32, {28, 3, 1, 0, 1}, {28, 3, 1, 0, 1}});
    addConv("conv 32->64 3x3 26x26 b128", {128, 32, 64, {26, 3, 1, 0, 1}, {26, 3, 1, 0, 1}});
    addConv("conv 16->16 3x3 32x32 b64", {64, 16, 16, {32, 3, 1, 1, 1}, {32, 3, 1, 1, 1}});
    addConv("conv 16->32 3x3/2 32x32 b64", {64, 16, 32, {32, 3, 2, 1, 1}, {32, 3, 2, 1, 1}});
    addConv("conv 64->64 3x3 8x8 b64", {64, 64, 64, {8, 3, 1, 1, 1}, {8, 3, 1, 1, 1}});
    addConv("conv 6->16 5x5 14x14 b64", {64, 6, 16, {14, 5, 1, 0, 1}, {14, 5, 1, 0, 1}});
    addPools();
    addNorms();
    addElementwise();
    return gradlens::bench::runBenchmarks(argc, argv);
}
