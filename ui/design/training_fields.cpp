// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/training_fields.h"

#include <string>
#include <vector>

namespace gradlens {

namespace {
constexpr double kLargestBatch = 1'000'000, kMostEpochs = 1'000'000, kLargestSeed = 9.0e15, kLargest = 1e30,
                 kBelowOne = 0.9999999;

std::int64_t whole(const AttributeValue& value) {
    return std::get<std::int64_t>(value);
}
double real(const AttributeValue& value) {
    return std::get<double>(value);
}
}  // namespace

std::span<const TrainingField> trainingFields() {
    static const TrainingSpec usual;
    static const std::vector<TrainingField> fields = {
        {integerAttribute(
             "batch_size", "Batch size", usual.batchSize, 1, kLargestBatch,
             "How many samples make one step. Larger batches give steadier gradients and better use of the processor"),
         [](const TrainingSpec& from) -> AttributeValue { return from.batchSize; },
         [](TrainingSpec& to, const AttributeValue& value) { to.batchSize = whole(value); }},
        {integerAttribute("epochs", "Epochs", usual.epochs, 1, kMostEpochs,
                          "How many times training passes over all samples"),
         [](const TrainingSpec& from) -> AttributeValue { return from.epochs; },
         [](TrainingSpec& to, const AttributeValue& value) { to.epochs = whole(value); }},
        {integerAttribute("seed", "Seed", static_cast<std::int64_t>(usual.seed), 0, kLargestSeed,
                          "Where every random number comes from: the same seed gives the same run, bit for bit"),
         [](const TrainingSpec& from) -> AttributeValue { return static_cast<std::int64_t>(from.seed); },
         [](TrainingSpec& to, const AttributeValue& value) { to.seed = static_cast<std::uint64_t>(whole(value)); }},
        {choiceAttribute("precision", "Precision", "float32", {"float32", "float64"},
                         "float32 is fast; float64 shows whether rounding is to blame"),
         [](const TrainingSpec& from) -> AttributeValue { return std::string(nameOf(from.precision)); },
         [](TrainingSpec& to, const AttributeValue& value) {
             to.precision = std::get<std::string>(value) == "float64" ? DType::Float64 : DType::Float32;
         }}};
    return fields;
}

std::span<const TrainingField> updateFields() {
    static const std::vector<TrainingField> fields = {
        {realAttribute("clip_norm", "Clip to norm", 0, 0, kLargest,
                       "Scales all gradients down together where they are longer than this; 0: never. Steadies "
                       "recurrent networks and transformers"),
         [](const TrainingSpec& from) -> AttributeValue { return from.updates.clipNorm; },
         [](TrainingSpec& to, const AttributeValue& value) { to.updates.clipNorm = real(value); }},
        {realAttribute("clip_value", "Clip to value", 0, 0, kLargest,
                       "Cuts each number of a gradient to this size; 0: never"),
         [](const TrainingSpec& from) -> AttributeValue { return from.updates.clipValue; },
         [](TrainingSpec& to, const AttributeValue& value) { to.updates.clipValue = real(value); }},
        {integerAttribute(
             "accumulate", "Batches an update", 1, 1, kLargestBatch,
             "Averages the gradients of this many batches before the weights change: a large batch in little memory"),
         [](const TrainingSpec& from) -> AttributeValue { return from.updates.accumulate; },
         [](TrainingSpec& to, const AttributeValue& value) { to.updates.accumulate = whole(value); }},
        {realAttribute("ema", "Average of weights", 0, 0, kBelowOne,
                       "Decay of the moving average of the weights (EMA) that evaluation uses, such as 0.999; 0: the "
                       "weights themselves"),
         [](const TrainingSpec& from) -> AttributeValue { return from.updates.averageDecay; },
         [](TrainingSpec& to, const AttributeValue& value) { to.updates.averageDecay = real(value); }}};
    return fields;
}

std::span<const TrainingField> stoppingFields() {
    static const EarlyStopping usual;
    static const std::vector<TrainingField> fields = {
        {integerAttribute("patience", "Patience", usual.patience, 0, kMostEpochs,
                          "Stops after so many epochs in which validation has not become better; 0: never"),
         [](const TrainingSpec& from) -> AttributeValue { return from.earlyStopping.patience; },
         [](TrainingSpec& to, const AttributeValue& value) { to.earlyStopping.patience = whole(value); }},
        {choiceAttribute("monitor", "Monitor", usual.monitor, {"loss", "accuracy"},
                         "What of the validation part is looked at"),
         [](const TrainingSpec& from) -> AttributeValue { return from.earlyStopping.monitor; },
         [](TrainingSpec& to, const AttributeValue& value) {
             to.earlyStopping.monitor = std::get<std::string>(value);
         }},
        {realAttribute("minimum_improvement", "Minimum improvement", usual.minimumImprovement, 0, kLargest,
                       "Less than this counts as none"),
         [](const TrainingSpec& from) -> AttributeValue { return from.earlyStopping.minimumImprovement; },
         [](TrainingSpec& to, const AttributeValue& value) { to.earlyStopping.minimumImprovement = real(value); }},
        {booleanAttribute("restore_best", "Restore the best", usual.restoreBest,
                          "Ends with the weights of the best epoch instead of the last"),
         [](const TrainingSpec& from) -> AttributeValue { return from.earlyStopping.restoreBest; },
         [](TrainingSpec& to, const AttributeValue& value) { to.earlyStopping.restoreBest = std::get<bool>(value); }}};
    return fields;
}

}  // namespace gradlens
