// SPDX-License-Identifier: GPL-3.0-or-later
// Checkpoints: a State as a safetensors file.
#include "core/base/error.h"
#include "core/io/safetensors.h"
#include "core/train/state.h"

#include <charconv>
#include <cmath>

namespace gradlens {

namespace {
constexpr const char* kFormat = "gradlens-state-1";
constexpr const char* kHash = "state_hash";

// The shortest text that reads back as the same number, whatever the user's locale.
template <class Number>
std::string exactText(Number value) {
    char text[40];
    return {text, std::to_chars(text, text + sizeof text, value).ptr};
}

template <class Number>
Number numberOf(const std::map<std::string, std::string>& metadata, const std::string& key,
                const std::filesystem::path& file) {
    Number value{};
    const auto found = metadata.find(key);
    if (found != metadata.end()) {
        const std::string& text = found->second;
        const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
        if (result.ec == std::errc() && result.ptr == text.data() + text.size()) return value;
    }
    throw Error("the checkpoint does not say its " + key, file.string(), "Use another checkpoint of the run.");
}

// What only some runs have: number, or the default where there is none.
template <class Number>
void readOptional(const std::map<std::string, std::string>& metadata, const std::string& key,
                  const std::filesystem::path& file, Number& value) {
    if (metadata.contains(key)) value = numberOf<Number>(metadata, key, file);
}

// f(key, value) for each of them.
template <class StateRef, class F>
void eachOptional(StateRef& state, F&& f) {
    f("plateau_factor", state.plateau.factor);
    f("plateau_best", state.plateau.patience.best);
    f("plateau_best_step", state.plateau.patience.bestStep);
    f("plateau_waited", state.plateau.patience.waited);
    f("plateau_cooldown", state.plateau.cooldown);
    f("stopping_best", state.stopping.best);
    f("stopping_best_step", state.stopping.bestStep);
    f("stopping_waited", state.stopping.waited);
    f("weighed_step", state.weighedStep);
    f("edits", state.edits);
}
}  // namespace

void saveState(const State& state, const std::filesystem::path& file) {
    std::vector<NamedTensor> tensors;
    for (const StateEntry& entry : state.entries) tensors.push_back({entry.name, entry.tensor.view()});
    std::map<std::string, std::string> metadata{{"format", kFormat},
                                                {"step", std::to_string(state.step)},
                                                {"seed", std::to_string(state.seed)},
                                                {"learning_rate", exactText(state.learningRate)}};
    // In plain sight: what replay must arrive at, and whether the file is as it was written.
    metadata[kHash] = state.hash();
    if (state.weighedStep != 0 || state.edits != 0)
        eachOptional(state, [&](const char* key, auto value) { metadata[key] = exactText(value); });
    writeSafetensors(file, tensors, metadata);
}

State loadState(const std::filesystem::path& file) {
    SafetensorsContents contents = readSafetensors(file);
    const auto format = contents.metadata.find("format");
    if (format == contents.metadata.end() || format->second != kFormat)
        throw Error("this is not a checkpoint of Gradlens", file.string(),
                    "Choose a file from the checkpoints folder of a run.");
    State state;
    state.step = numberOf<std::int64_t>(contents.metadata, "step", file);
    state.seed = numberOf<std::uint64_t>(contents.metadata, "seed", file);
    state.learningRate = numberOf<double>(contents.metadata, "learning_rate", file);
    eachOptional(state, [&](const char* key, auto& value) { readOptional(contents.metadata, key, file, value); });
    if (state.step < 0 || !std::isfinite(state.learningRate) || state.learningRate < 0)
        throw Error("the checkpoint's step or learning rate cannot be right", file.string(),
                    "Use another checkpoint of the run.");
    for (auto& [name, tensor] : contents.tensors)
        state.entries.push_back({name, ValueKind::Parameter, std::move(tensor)});
    return state;
}

Checkpoint loadCheckpoint(const std::filesystem::path& file) {
    Checkpoint checkpoint{loadState(file), {}, file};
    const SafetensorsReader reader(file);
    if (const auto found = reader.metadata().find(kHash); found != reader.metadata().end())
        checkpoint.recordedHash = found->second;
    return checkpoint;
}

}  // namespace gradlens
