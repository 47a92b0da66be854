// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/training_json.h"

#include <limits>

namespace gradlens {

namespace {
using Json = nlohmann::ordered_json;

constexpr std::int64_t kMaxBatchSize = 1'000'000, kMaxEpochs = 1'000'000;
constexpr std::size_t kMostGroups = 1000;
constexpr double kLargest = std::numeric_limits<double>::max();

bool flagOf(const JsonPlace& place) {
    if (!place.json().is_boolean()) place.fail("must be true or false");
    return place.json().get<bool>();
}

std::string oneOf(const JsonPlace& place, std::initializer_list<const char*> allowed) {
    const std::string text = place.text();
    std::string list;
    for (const char* each : allowed) {
        if (text == each) return text;
        list += (list.empty() ? "\"" : ", \"") + std::string(each) + "\"";
    }
    place.fail("must be one of " + list + ", not \"" + text + "\"");
}

// {"name": ..., "attributes": {...}}
template <class Spec>
void readNamed(const JsonPlace& place, Spec& spec) {
    spec.name = place.member("name").text();
    if (const auto attributes = place.optionalMember("attributes")) spec.attributes = attributesFromJson(*attributes);
}

template <class Spec>
Json named(const Spec& spec) {
    return {{"name", spec.name}, {"attributes", toJson(spec.attributes)}};
}

ParameterGroup groupFrom(const JsonPlace& place) {
    ParameterGroup group;
    group.pattern = place.member("pattern").text();
    if (group.pattern.empty()) place.member("pattern").fail("must name parameters", "\"conv1.*\", \"*.bias\"");
    if (const auto rate = place.optionalMember("learning_rate")) group.learningRate = rate->real(0, 1e6);
    if (const auto decay = place.optionalMember("weight_decay")) group.weightDecay = decay->real(0, 1);
    if (const auto frozen = place.optionalMember("frozen")) group.frozen = flagOf(*frozen);
    return group;
}

Json toJson(const ParameterGroup& group) {
    Json json{{"pattern", group.pattern}};
    if (group.learningRate != 1) json["learning_rate"] = group.learningRate;
    if (group.weightDecay) json["weight_decay"] = *group.weightDecay;
    if (group.frozen) json["frozen"] = true;
    return json;
}

void readUpdates(const JsonPlace& place, UpdateOptions& updates) {
    constexpr double kBelowOne = 0.9999999;
    if (const auto value = place.optionalMember("clip_value")) updates.clipValue = value->real(0, kLargest);
    if (const auto norm = place.optionalMember("clip_norm")) updates.clipNorm = norm->real(0, kLargest);
    if (const auto batches = place.optionalMember("accumulate"))
        updates.accumulate = batches->integer(1, kMaxBatchSize);
    if (const auto decay = place.optionalMember("ema")) updates.averageDecay = decay->real(0, kBelowOne);
    const auto groups = place.optionalMember("groups");
    if (!groups) return;
    if (groups->size() > kMostGroups) groups->fail("has more than 1,000 groups");
    for (std::size_t i = 0; i < groups->size(); ++i) updates.groups.push_back(groupFrom(groups->element(i)));
}

void writeUpdates(Json& json, const UpdateOptions& updates) {
    if (updates.clipValue != 0) json["clip_value"] = updates.clipValue;
    if (updates.clipNorm != 0) json["clip_norm"] = updates.clipNorm;
    if (updates.accumulate != 1) json["accumulate"] = updates.accumulate;
    if (updates.averageDecay != 0) json["ema"] = updates.averageDecay;
    for (const ParameterGroup& group : updates.groups) json["groups"].push_back(toJson(group));
}

EarlyStopping stoppingFrom(const JsonPlace& place) {
    EarlyStopping stopping;
    stopping.patience = place.member("patience").integer(0, kMaxEpochs);
    if (const auto monitor = place.optionalMember("monitor")) stopping.monitor = oneOf(*monitor, {"loss", "accuracy"});
    if (const auto improvement = place.optionalMember("minimum_improvement"))
        stopping.minimumImprovement = improvement->real(0, kLargest);
    if (const auto restore = place.optionalMember("restore_best")) stopping.restoreBest = flagOf(*restore);
    return stopping;
}

Json toJson(const EarlyStopping& stopping) {
    return {{"patience", stopping.patience},
            {"monitor", stopping.monitor},
            {"minimum_improvement", stopping.minimumImprovement},
            {"restore_best", stopping.restoreBest}};
}
}  // namespace

Json trainingToJson(const TrainingSpec& training) {
    const TrainingSpec usual;
    Json json;
    json["optimizer"] = named(training.optimizer);
    json["batch_size"] = training.batchSize;
    json["epochs"] = training.epochs;
    json["seed"] = training.seed;
    if (training.schedule != usual.schedule) json["schedule"] = named(training.schedule);
    writeUpdates(json, training.updates);
    if (training.earlyStopping != usual.earlyStopping) json["early_stopping"] = toJson(training.earlyStopping);
    if (training.precision != usual.precision) json["precision"] = nameOf(training.precision);
    return json;
}

TrainingSpec trainingFromJson(const JsonPlace& place) {
    TrainingSpec training;
    if (const auto optimizer = place.optionalMember("optimizer")) readNamed(*optimizer, training.optimizer);
    if (const auto batchSize = place.optionalMember("batch_size"))
        training.batchSize = batchSize->integer(1, kMaxBatchSize);
    if (const auto epochs = place.optionalMember("epochs")) training.epochs = epochs->integer(1, kMaxEpochs);
    if (const auto seed = place.optionalMember("seed")) training.seed = seed->unsignedInteger();
    if (const auto schedule = place.optionalMember("schedule")) readNamed(*schedule, training.schedule);
    readUpdates(place, training.updates);
    if (const auto stopping = place.optionalMember("early_stopping")) training.earlyStopping = stoppingFrom(*stopping);
    if (const auto precision = place.optionalMember("precision"))
        training.precision = oneOf(*precision, {"float32", "float64"}) == "float64" ? DType::Float64 : DType::Float32;
    return training;
}

}  // namespace gradlens
