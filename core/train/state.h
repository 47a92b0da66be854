// SPDX-License-Identifier: GPL-3.0-or-later
// Everything that decides the future of a run: parameters, running statistics, optimizer slots, step, seed, learning
// rate. The order of samples and all random numbers are functions of (seed, step). Same State, same future, bit for
// bit.
#pragma once
#include "core/plan/schedule.h"
#include "core/plan/training_graph.h"
#include "core/tensor/tensor.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace gradlens {

struct StateEntry {
    std::string name;  // as in the TrainingGraph
    ValueKind kind = ValueKind::Parameter;
    Tensor tensor;
};

// A value with shared tensors: clone() for one of its own.
struct State {
    std::uint64_t seed = 0;
    std::int64_t step = 0;            // updates done
    double learningRate = 0;          // the base that schedule and groups multiply
    PlateauState plateau;             // of that schedule
    Patience stopping;                // of early stopping
    std::int64_t weighedStep = 0;     // the last epoch's end at which evaluation was weighed by those two
    std::int64_t edits = 0;           // of the project by the Journal so far
    std::vector<StateEntry> entries;  // in the order of the TrainingGraph's values

    State clone() const;
    std::size_t bytes() const;
    const StateEntry* find(const std::string& name) const;
    // 32 hexadecimal digits over everything above.
    std::string hash() const;
};

// A fresh State for a graph that trains: parameters from their initializers by (seed, node, parameter), slots at zero.
// Files of weights are looked for from `folder` on; throws Error where one does not fit.
State initialState(const TrainingGraph& graph, const Arena& arena, std::uint64_t seed, double learningRate,
                   const std::filesystem::path& folder = {});

// The number of the random sequence that each parameter begins with, by value index (what is no parameter has 0): its
// node in the upper half, its place in the node in the lower.
std::vector<std::uint64_t> initialSequences(const TrainingGraph& graph);

// Views of the entries by value index of `graph`, for Executor::bindState. Throws Error when an entry is missing or has
// another shape or type than the graph wants. Evaluation graphs want fewer entries than there are, and get moving
// averages for the parameters that have them.
std::vector<TensorView> bindings(const State& state, const TrainingGraph& graph);

// `state` with its entries in the order and of the kinds that `graph` has them. Throws Error when one is missing, is
// too many, or has another shape or type.
State fitted(State state, const TrainingGraph& graph);

// `fresh` with the parameters and running statistics of `trained` (another optimizer's slots do not matter). Throws
// Error.
State withParametersOf(State fresh, const State& trained);

// What is left of `before` in another graph: entries whose name, type and shape still fit. Other parameters begin as
// their initializers say, by (seed, step, name), and other slots at zero. fresh: those other parameters.
State carriedOver(const State& before, const TrainingGraph& graph, const Arena& arena,
                  const std::filesystem::path& folder = {}, std::vector<std::string>* fresh = nullptr);
// For Best entries: from the values they keep, and back.
void keepBest(const State& state, const TrainingGraph& graph);
void restoreBest(const State& state, const TrainingGraph& graph);

// A checkpoint: safetensors, with seed, step, learning rate and hash as metadata. Atomic; throws Error.
void saveState(const State& state, const std::filesystem::path& file);
State loadState(const std::filesystem::path& file);

// A State with the hash it had when the file was written (once its entries are in the graph's order; empty in files
// from before hashes were recorded).
struct Checkpoint {
    State state;
    std::string recordedHash;
    std::filesystem::path file;
};
Checkpoint loadCheckpoint(const std::filesystem::path& file);

}  // namespace gradlens
