// SPDX-License-Identifier: GPL-3.0-or-later
// What the benchmark programs share: each benchmark runs at one and two threads and makes its memory when it runs.
#pragma once
#include "core/parallel/arena.h"

#include <benchmark/benchmark.h>

#include <string>

namespace gradlens::bench {

// make() gives the call to time: a callable that takes the arena.
template <class Make>
void addBenchmark(const std::string& name, double flopsPerCall, Make make) {
    for (const int threads : {1, 2}) {
        benchmark::RegisterBenchmark((name + "/threads:" + std::to_string(threads)).c_str(),
                                     [=](benchmark::State& state) {
                                         const Arena arena(threads);
                                         auto call = make();
                                         for (auto _ : state) {
                                             call(arena);
                                             benchmark::ClobberMemory();
                                         }
                                         state.counters["GFLOP/s"] = benchmark::Counter(
                                             flopsPerCall * 1e-9, benchmark::Counter::kIsIterationInvariantRate);
                                     })
            ->UseRealTime()
            ->Unit(benchmark::kMicrosecond);
    }
}

// Every op of the catalogue, forward and backward on each of its samples: "op Dense/vectors forward".
void addOps();

// Google Benchmark's main, without the ops unless the filter names them.
int runBenchmarks(int argc, char** argv);

}  // namespace gradlens::bench
