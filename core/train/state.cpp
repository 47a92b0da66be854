// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/state.h"

#include "core/base/error.h"
#include "core/base/hash.h"
#include "core/train/initialise.h"

#include <algorithm>
#include <cstring>
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
    hasher.value(seed)
        .value(step)
        .value(learningRate)
        .value(plateau.factor)
        .value(plateau.cooldown)
        .value(weighedStep)
        .value(edits);
    for (const Patience& patience : {plateau.patience, stopping})
        hasher.value(patience.best).value(patience.bestStep).value(patience.waited);
    for (const StateEntry& entry : entries) {
        hasher.text(entry.name).value(static_cast<std::uint8_t>(entry.tensor.dtype()));
        hasher.value(entry.tensor.shape().rank());
        for (const std::int64_t size : entry.tensor.shape()) hasher.value(size);
        hasher.bytes(entry.tensor.view().rawBytes());
    }
    return hasher.digest();
}

namespace {
void copyEntry(const State& state, const TrainingGraph& graph, ValueIndex from, ValueIndex to) {
    const auto find = [&](ValueIndex value) { return state.find(graph.values[static_cast<std::size_t>(value)].name); };
    const std::span<const std::byte> bytes = find(from)->tensor.view().rawBytes();
    if (!bytes.empty()) std::memcpy(find(to)->tensor.view().data(), bytes.data(), bytes.size());
}
}  // namespace

std::vector<std::uint64_t> initialSequences(const TrainingGraph& graph) {
    std::vector<std::uint64_t> sequences(graph.values.size());
    std::unordered_map<NodeId, std::uint64_t> drawn;  // parameters so far of each node
    for (std::size_t i = 0; i < sequences.size(); ++i) {
        if (graph.specOf(static_cast<ValueIndex>(i)) == nullptr) continue;
        const NodeId node = graph.values[i].node;
        sequences[i] = (std::uint64_t{toInteger(node)} << 32) | drawn[node]++;
    }
    return sequences;
}

State initialState(const TrainingGraph& graph, const Arena& arena, std::uint64_t seed, double learningRate,
                   const std::filesystem::path& folder) {
    State state;
    state.seed = seed;
    state.learningRate = learningRate;
    const std::vector<std::uint64_t> sequences = initialSequences(graph);
    for (std::size_t i = 0; i < graph.values.size(); ++i) {
        const Value& value = graph.values[i];
        if (!value.inState()) continue;
        Tensor tensor = Tensor::zeros(value.type.dtype, value.type.shape);
        if (const ParameterSpec* spec = graph.specOf(static_cast<ValueIndex>(i)))
            initialise(arena, *spec, Random(seed, RandomStream::Initialise, sequences[i]), tensor.view(), value.name,
                       folder);
        state.entries.push_back({value.name, value.kind, std::move(tensor)});
    }
    for (const auto& [parameter, average] : graph.averages) copyEntry(state, graph, parameter, average);
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
        if (!value.inState()) continue;
        const std::string average = value.name + "." + kAverageSlot;
        const bool averaged = !graph.training && value.kind == ValueKind::Parameter && byName.contains(average);
        views[i] = fittingEntry(byName, averaged ? average : value.name, value.type).tensor.view();
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
    const std::string suffix = std::string(".") + kAverageSlot;
    for (StateEntry& entry : fresh.entries) {
        const TensorType type{entry.tensor.dtype(), entry.tensor.shape()};
        if (entry.kind != ValueKind::OptimizerSlot)
            entry.tensor = fittingEntry(byName, entry.name, type).tensor;
        else if (entry.name.ends_with(suffix))  // trained without an average: the weights themselves
            entry.tensor =
                fittingEntry(
                    byName,
                    byName.contains(entry.name) ? entry.name : entry.name.substr(0, entry.name.size() - suffix.size()),
                    type)
                    .tensor;
    }
    fresh.step = trained.step;
    return fresh;
}

State carriedOver(const State& before, const TrainingGraph& graph, const Arena& arena,
                  const std::filesystem::path& folder, std::vector<std::string>* fresh) {
    const auto byName = entriesByName(before);
    State state = before;
    state.entries.clear();
    std::vector<bool> kept(graph.values.size());
    for (std::size_t i = 0; i < graph.values.size(); ++i) {
        const Value& value = graph.values[i];
        if (!value.inState()) continue;
        const auto found = byName.find(value.name);
        kept[i] = found != byName.end() && found->second->tensor.dtype() == value.type.dtype &&
                  found->second->tensor.shape() == value.type.shape;
        Tensor tensor = kept[i] ? found->second->tensor : Tensor::zeros(value.type.dtype, value.type.shape);
        const ParameterSpec* spec = graph.specOf(static_cast<ValueIndex>(i));
        if (!kept[i] && spec != nullptr) {
            if (fresh != nullptr && spec->trainable) fresh->push_back(value.name);
            Hasher hasher;
            hasher.value(before.step).text(value.name);
            constexpr int kDigits = 16, kBase = 16;  // of a 64-bit number
            const std::uint64_t sequence = std::stoull(hasher.digest().substr(0, kDigits), nullptr, kBase);
            initialise(arena, *spec, Random(before.seed, RandomStream::Initialise, sequence), tensor.view(), value.name,
                       folder);
        }
        state.entries.push_back({value.name, value.kind, std::move(tensor)});
    }
    for (const auto& [parameter, average] : graph.averages)
        if (!kept[static_cast<std::size_t>(average)]) copyEntry(state, graph, parameter, average);
    for (const auto& [value, best] : graph.bests)
        if (!kept[static_cast<std::size_t>(best)]) copyEntry(state, graph, value, best);
    return state;
}

void keepBest(const State& state, const TrainingGraph& graph) {
    for (const auto& [value, best] : graph.bests) copyEntry(state, graph, value, best);
}

void restoreBest(const State& state, const TrainingGraph& graph) {
    for (const auto& [value, best] : graph.bests) copyEntry(state, graph, best, value);
}

}  // namespace gradlens
