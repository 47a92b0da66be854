// SPDX-License-Identifier: GPL-3.0-or-later
// Times of the kernels that training spends its time in, at one and two threads.
// usage: bench_kernels [part of a name]. Each figure is the best of several blocks; one thread is measured in processor
// time, so that a busy machine disturbs less.
#include "core/kernels/batch_norm.h"
#include "core/kernels/conv2d.h"
#include "core/kernels/gemm.h"
#include "core/kernels/pool2d.h"
#include "core/tensor/buffer_pool.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

using namespace gradlens;

namespace {
constexpr double kSecondsEach = 0.25;

std::vector<float> ramp(std::int64_t count) {
    std::vector<float> values(static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i * 7919 % 1000) * 0.001f - 0.5f;
    return values;
}

double wallSeconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double processorSeconds() {
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

// The best time of one call, in milliseconds.
template <class F>
double bestMilliseconds(double (*now)(), F&& call) {
    call();
    const double first = now();
    call();
    const int calls = std::max(1, static_cast<int>(0.01 / std::max(1e-6, now() - first)));
    double best = 1e9;
    for (const double begin = wallSeconds(); wallSeconds() - begin < kSecondsEach;) {
        const double start = now();
        for (int i = 0; i < calls; ++i) call();
        best = std::min(best, (now() - start) / calls);
    }
    return 1e3 * best;
}

struct Bench {
    std::string_view filter;
    const Arena one{1};
    const Arena two{2};

    template <class F>
    void run(const std::string& name, double flops, F&& call) const {
        if (name.find(filter) == std::string::npos) return;
        const double single = bestMilliseconds(processorSeconds, [&] { call(one); });
        const double both = bestMilliseconds(wallSeconds, [&] { call(two); });
        std::printf("%-44s 1: %9.4f ms %7.1f GFLOP/s   2: %9.4f ms %7.1f GFLOP/s\n", name.c_str(), single, flops / single * 1e-6, both, flops / both * 1e-6);
        std::fflush(stdout);
    }
};

void benchGemm(const Bench& bench, std::int64_t m, std::int64_t n, std::int64_t k, Transposed at, Transposed bt) {
    const auto a = ramp(m * k);
    const auto b = ramp(k * n);
    std::vector<float> c(static_cast<std::size_t>(m * n));
    const Buffer scratch = allocateBuffer(gemmScratchBytes<float>(m, n, k) + 64);
    const std::string kind = std::string(at == Transposed::Yes ? "T" : "N") + (bt == Transposed::Yes ? "T" : "N");
    bench.run("gemm " + std::to_string(m) + "x" + std::to_string(n) + "x" + std::to_string(k) + " " + kind,
              2.0 * static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k), [&](const Arena& arena) {
                  gemm<float>(arena, m, n, k, 1.0f, {a.data(), at == Transposed::Yes ? m : k, at}, {b.data(), bt == Transposed::Yes ? k : n, bt}, 0.0f, c.data(), n, scratch.get());
              });
}

void benchConv(const Bench& bench, const std::string& name, const ConvGeometry& g) {
    const auto x = ramp(g.batch * g.inChannels * g.inputPixels());
    const auto w = ramp(g.outChannels * g.taps());
    const auto dy = ramp(g.batch * g.outChannels * g.outputPixels());
    std::vector<float> y(dy.size()), dx(x.size()), dw(w.size()), db(static_cast<std::size_t>(g.outChannels));
    const Buffer scratch = allocateBuffer(std::max({conv2dForwardScratch<float>(g), conv2dGradInputScratch<float>(g), conv2dGradWeightScratch<float>(g)}));
    const double flops = 2 * g.macs();
    bench.run(name + " forward", flops, [&](const Arena& arena) { conv2dForward(arena, g, x.data(), w.data(), db.data(), y.data(), scratch.get()); });
    bench.run(name + " grad input", flops, [&](const Arena& arena) { conv2dGradInput(arena, g, dy.data(), w.data(), dx.data(), scratch.get()); });
    bench.run(name + " grad weight", flops, [&](const Arena& arena) { conv2dGradWeight(arena, g, x.data(), dy.data(), dw.data(), db.data(), scratch.get()); });
}

void benchPool(const Bench& bench) {
    const PoolGeometry g{128 * 64, {24, 2, 2, 0, 1}, {24, 2, 2, 0, 1}};
    const auto x = ramp(g.planes * 24 * 24);
    std::vector<float> y(static_cast<std::size_t>(g.planes * 12 * 12)), dx(x.size());
    std::vector<std::int32_t> argmax(y.size());
    const auto flops = static_cast<double>(x.size());
    bench.run("max pool 64 of 24x24 b128 forward", flops, [&](const Arena& arena) { maxPool2dForward(arena, g, x.data(), y.data(), argmax.data()); });
    bench.run("max pool 64 of 24x24 b128 backward", flops, [&](const Arena& arena) { maxPool2dBackward(arena, g, y.data(), argmax.data(), dx.data()); });
}

void benchBatchNorm(const Bench& bench) {
    const BatchNormGeometry g{64, 16, 32 * 32};
    const auto x = ramp(g.elements());
    std::vector<float> y(x.size()), weight(16, 1.0f), mean(16), inverse(16, 1.0f), dw(16), db(16);
    std::vector<double> moments(16), variance(16);
    const auto flops = static_cast<double>(x.size());
    bench.run("batch norm 16 of 32x32 b64 forward", 8 * flops, [&](const Arena& arena) {
        batchMoments(arena, g, x.data(), moments.data(), variance.data());
        batchNormalise(arena, g, x.data(), mean.data(), inverse.data(), weight.data(), db.data(), y.data());
    });
    bench.run("batch norm 16 of 32x32 b64 backward", 12 * flops, [&](const Arena& arena) {
        batchNormBackward(arena, g, x.data(), x.data(), mean.data(), inverse.data(), weight.data(), y.data(), dw.data(), db.data());
    });
}
}  // namespace

int main(int argc, char** argv) {
    const Bench bench{argc > 1 ? argv[1] : ""};
    constexpr auto N = Transposed::No;
    constexpr auto T = Transposed::Yes;
    benchGemm(bench, 1024, 1024, 1024, N, N);
    benchGemm(bench, 128, 512, 784, N, T);
    benchGemm(bench, 512, 784, 128, T, N);
    benchGemm(bench, 128, 784, 512, N, N);
    benchGemm(bench, 128, 128, 9216, N, T);
    benchGemm(bench, 128, 9216, 128, N, N);
    benchGemm(bench, 64, 64, 65536, T, N);
    benchGemm(bench, 32, 32, 64, N, T);
    benchGemm(bench, 32, 10, 64, N, T);
    benchConv(bench, "conv 1->32 3x3 28x28 b128", {128, 1, 32, {28, 3, 1, 0, 1}, {28, 3, 1, 0, 1}});
    benchConv(bench, "conv 32->64 3x3 26x26 b128", {128, 32, 64, {26, 3, 1, 0, 1}, {26, 3, 1, 0, 1}});
    benchConv(bench, "conv 16->16 3x3 32x32 b64", {64, 16, 16, {32, 3, 1, 1, 1}, {32, 3, 1, 1, 1}});
    benchConv(bench, "conv 16->32 3x3/2 32x32 b64", {64, 16, 32, {32, 3, 2, 1, 1}, {32, 3, 2, 1, 1}});
    benchConv(bench, "conv 64->64 3x3 8x8 b64", {64, 64, 64, {8, 3, 1, 1, 1}, {8, 3, 1, 1, 1}});
    benchConv(bench, "conv 6->16 5x5 14x14 b64", {64, 6, 16, {14, 5, 1, 0, 1}, {14, 5, 1, 0, 1}});
    benchPool(bench);
    benchBatchNorm(bench);
}
