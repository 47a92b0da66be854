// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/training_settings.h"

#include "core/base/error.h"

#include <algorithm>
#include <cmath>

namespace gradlens {

namespace {
constexpr const char* kCorrect = "Correct it in the training settings.";

template <class Definition>
Attributes checkedAttributes(const Definition* definition, const std::string& name, const Attributes& attributes,
                             const std::string& key, std::span<const Definition> all) {
    if (definition == nullptr) {
        std::string names;
        for (const Definition& each : all)
            names += (names.empty() ? "" : &each == &all.back() ? " or " : ", ") + each.name;
        throw Error("there is no " + key + " called '" + name + "'", "training." + key + ".name",
                    "Choose " + names + ".");
    }
    std::vector<AttributeFault> faults;
    Attributes result = completed(definition->attributes, attributes, &faults);
    if (!faults.empty()) throw Error(faults[0].attribute + " " + faults[0].message, "training." + key, kCorrect);
    return result;
}

void require(bool holds, const std::string& what, const std::string& key) {
    if (!holds) throw Error(what, "training." + key, kCorrect);
}
}  // namespace

void checkTraining(const TrainingSpec& training, bool hasValidation) {
    require(training.batchSize >= 1, "the batch size must be at least 1, not " + std::to_string(training.batchSize),
            "batch_size");
    checkedAttributes(findOptimizer(training.optimizer.name), training.optimizer.name, training.optimizer.attributes,
                      "optimizer", optimizers());
    const ScheduleDefinition* schedule = findSchedule(training.schedule.name);
    checkedAttributes(schedule, training.schedule.name, training.schedule.attributes, "schedule", schedules());
    const UpdateOptions& updates = training.updates;
    require(updates.clipValue >= 0, "the size that gradients are clipped to must not be negative", "clip_value");
    require(updates.clipNorm >= 0, "the norm that gradients are clipped to must not be negative", "clip_norm");
    require(updates.accumulate >= 1,
            "the number of batches for an update must be at least 1, not " + std::to_string(updates.accumulate),
            "accumulate");
    require(updates.averageDecay >= 0 && updates.averageDecay < 1,
            "the decay of the moving average must be at least 0 and below 1", "ema");
    require(isReal(training.precision), "the precision must be float32 or float64", "precision");
    const EarlyStopping& stopping = training.earlyStopping;
    require(stopping.patience >= 0, "the patience must not be negative", "early_stopping.patience");
    require(stopping.monitor == "loss" || stopping.monitor == "accuracy",
            "what is monitored must be loss or accuracy, not " + stopping.monitor, "early_stopping.monitor");
    require(hasValidation || !schedule->followsEvaluation, "Plateau needs validation data, and there is none",
            "schedule");
    require(hasValidation || stopping.patience == 0, "early stopping needs validation data, and there is none",
            "early_stopping");
}

void checkGroups(const TrainingGraph& graph) {
    const std::vector<ParameterGroup>& groups = graph.updates.groups;
    const auto isParameter = [](const Value& value) { return value.kind == ValueKind::Parameter; };
    for (std::size_t i = 0; i < groups.size(); ++i) {
        const bool matches = std::ranges::any_of(graph.values, [&](const Value& value) {
            return isParameter(value) && matchesPattern(groups[i].pattern, value.name);
        });
        if (matches) continue;
        const auto example = std::ranges::find_if(graph.values, isParameter);
        throw Error("the pattern '" + groups[i].pattern + "' matches no parameter",
                    "training.groups[" + std::to_string(i) + "]",
                    example == graph.values.end() ? "The network has none."
                                                  : "Parameters are called like '" + example->name + "'.");
    }
    if (!groups.empty() && std::ranges::none_of(graph.instructions, [](const Instruction& instruction) {
            return instruction.kind == InstructionKind::Update;
        }))
        throw Error("every parameter is frozen: there is nothing to train", "training.groups", kCorrect);
}

double learningRateOf(const TrainingSpec& training) {
    return completed(findOptimizer(training.optimizer.name)->attributes, training.optimizer.attributes, nullptr)
        .real("learning_rate");
}

TrainingSettings::TrainingSettings(const TrainingSpec& training)
    : m_schedule(findSchedule(training.schedule.name)),
      m_attributes(completed(m_schedule->attributes, training.schedule.attributes, nullptr)),
      m_stopping(training.earlyStopping) {}

double TrainingSettings::learningRate(const State& state, std::int64_t stepsPerEpoch, std::int64_t totalSteps) const {
    return state.learningRate * scheduleFactor(*m_schedule, m_attributes, state.step, stepsPerEpoch, totalSteps) *
           state.plateau.factor;
}

TrainingSettings::Verdict TrainingSettings::weigh(State& state, double loss, double accuracy) const {
    Verdict verdict;
    if (!followsEvaluation() || state.weighedStep == state.step) return verdict;
    state.weighedStep = state.step;
    if (m_schedule->followsEvaluation)
        evaluated(state.plateau, m_attributes, m_attributes.choice("monitor") == "loss" ? loss : accuracy, state.step);
    if (m_stopping.patience == 0) return verdict;
    Patience& patience = state.stopping;
    const bool byLoss = m_stopping.monitor == "loss";
    const double value = byLoss ? loss : accuracy, gain = byLoss ? patience.best - value : value - patience.best;
    verdict.isBest = patience.bestStep < 0 ? !std::isnan(value) : gain > m_stopping.minimumImprovement;
    if (verdict.isBest)
        patience = {value, state.step, 0};
    else
        verdict.stop = ++patience.waited >= m_stopping.patience;
    if (verdict.stop) patience.waited = 0;  // whoever runs on waits as long again
    return verdict;
}

}  // namespace gradlens
