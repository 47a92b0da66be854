// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/state.h"

#include "core/base/error.h"
#include "core/base/hash.h"
#include "core/train/initialise.h"

#include <algorithm>
#include <unordered_map>

namespace gradlens {

State State::clone() const {
    State copy = *this;
    for (StateEntry& entry : copy.entries) entry.tensor = entry.tensor.clone();
    return copy;
}

std::size_t State::bytes() const {
    std::size_t sum = 0;
    for (const StateEntry& entry : entries) sum += entry.tensor.bytes();
    return sum;
}

const StateEntry* State::find(const std::string& name) const {
    const auto found = std::ranges::find(entries, name, &StateEntry::name);
    return found == entries.end() ? nullptr : &*found;
}

std::string State::hash() const {
    Hasher hasher;
    hasher.value(seed).value(step).value(learningRate);
    for (const StateEntry& entry : entries) {
        hasher.text(entry.name).value(static_cast<std::uint8_t>(entry.tensor.dtype()));
        hasher.value(entry.tensor.shape().rank());
        for (const std::int64_t size : entry.tensor.shape()) hasher.value(size);
        hasher.bytes(entry.tensor.view().rawBytes());
    }
    return hasher.digest();
}

State initialState(const TrainingGraph& graph, const Arena& arena, std::uint64_t seed, double learningRate) {
    State state;
    state.seed = seed;
    state.learningRate = learningRate;
    std::unordered_map<NodeId, std::uint64_t> drawn;  // parameters so far of each node
    for (std::size_t i = 0; i < graph.values.size(); ++i) {
        const Value& value = graph.values[i];
        if (!value.inState()) continue;
        Tensor tensor = Tensor::zeros(value.type.dtype, value.type.shape);
        if (const ParameterSpec* spec = graph.specOf(static_cast<ValueIndex>(i))) {
            // One sequence a parameter: its node in the upper half, its place in the node in the lower.
            const std::uint64_t sequence = (std::uint64_t{toInteger(value.node)} << 32) | drawn[value.node]++;
            initialise(arena, *spec, Random(seed, RandomStream::Initialise, sequence), tensor.view());
        }
        state.entries.push_back({value.name, value.kind, std::move(tensor)});
    }
    return state;
}

namespace {
constexpr const char* kAnotherDrawing = "It belongs to another drawing; start a new run.";

std::unordered_map<std::string_view, const StateEntry*> entriesByName(const State& state) {
    std::unordered_map<std::string_view, const StateEntry*> byName;
    for (const StateEntry& entry : state.entries) byName[entry.name] = &entry;
    return byName;
}

const StateEntry& fittingEntry(const std::unordered_map<std::string_view, const StateEntry*>& byName,
                               const std::string& name, const TensorType& type) {
    const auto found = byName.find(name);
    if (found == byName.end()) throw Error("the saved state has no '" + name + "'", {}, kAnotherDrawing);
    const Tensor& tensor = found->second->tensor;
    if (tensor.dtype() != type.dtype)
        throw Error("the saved '" + name + "' holds " + std::string(nameOf(tensor.dtype())) + ", the drawing wants " +
                        std::string(nameOf(type.dtype)),
                    {}, kAnotherDrawing);
    if (tensor.shape() != type.shape)
        throw Error("the saved '" + name + "' has the shape " + tensor.shape().toString() + ", the drawing wants " +
                        type.shape.toString(),
                    {}, kAnotherDrawing);
    return *found->second;
}
}  // namespace

std::vector<TensorView> bindings(const State& state, const TrainingGraph& graph) {
    const auto byName = entriesByName(state);
    std::vector<TensorView> views(graph.values.size());
    for (std::size_t i = 0; i < graph.values.size(); ++i) {
        const Value& value = graph.values[i];
        if (value.inState()) views[i] = fittingEntry(byName, value.name, value.type).tensor.view();
    }
    return views;
}

State fitted(State state, const TrainingGraph& graph) {
    const auto byName = entriesByName(state);
    std::vector<StateEntry> entries;
    for (const Value& value : graph.values)
        if (value.inState())
            entries.push_back({value.name, value.kind, fittingEntry(byName, value.name, value.type).tensor});
    if (entries.size() != state.entries.size()) {
        for (const StateEntry& entry : state.entries)
            if (graph.find(entry.name) == kNoValue)
                throw Error("the saved state has '" + entry.name + "', which the drawing has not", {}, kAnotherDrawing);
        throw Error("the saved state has more tensors than the drawing", {}, kAnotherDrawing);
    }
    state.entries = std::move(entries);
    return state;
}

State withParametersOf(State fresh, const State& trained) {
    const auto byName = entriesByName(trained);
    for (StateEntry& entry : fresh.entries)
        if (entry.kind != ValueKind::OptimizerSlot)
            entry.tensor = fittingEntry(byName, entry.name, {entry.tensor.dtype(), entry.tensor.shape()}).tensor;
    fresh.step = trained.step;
    return fresh;
}

}  // namespace gradlens
