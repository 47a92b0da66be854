// SPDX-License-Identifier: GPL-3.0-or-later
// A project: the drawing, the data and how to train. What a .gradlens file holds (JSON).
#pragma once
#include "core/data/dataset_source.h"
#include "core/graph/block.h"
#include "core/graph/model_graph.h"
#include "core/ops/catalogue/catalogue.h"
#include "core/plan/optimizer.h"
#include "core/plan/schedule.h"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace gradlens {

// When training ends before its planned epochs are over: evaluation has stopped getting better.
struct EarlyStopping {
    std::int64_t patience = 0;      // epochs without improvement that are waited for; 0: never stops early
    std::string monitor = "loss";   // of the validation part: "loss" or "accuracy"
    double minimumImprovement = 0;  // less is none
    bool restoreBest = false;       // ends with the weights of the best epoch
    friend bool operator==(const EarlyStopping&, const EarlyStopping&) = default;
};

struct TrainingSpec {
    OptimizerSpec optimizer;
    std::int64_t batchSize = 32;
    std::int64_t epochs = 10;
    std::uint64_t seed = 1;
    UpdateOptions updates = {};  // keepsBest follows from earlyStopping
    ScheduleSpec schedule = {};
    EarlyStopping earlyStopping = {};
    DType precision = DType::Float32;  // or Float64
    friend bool operator==(const TrainingSpec&, const TrainingSpec&) = default;
};

struct Project {
    std::string name;
    std::string description;
    std::vector<Block> blocks;  // its own, beside those that come with the program; they may use each other
    ModelGraph graph;
    DatasetSpec data;
    TrainingSpec training;
    std::vector<std::string> silenced = {};  // rules of advice that are not to be heard of in this project
    friend bool operator==(const Project&, const Project&) = default;
};

inline constexpr int kProjectVersion = 1;

// `catalogue`, normally drawingCatalogue(), and the project's own blocks.
OpCatalogue catalogueOf(const Project& project, const OpCatalogue& catalogue);

nlohmann::ordered_json toJson(const Project& project, const OpCatalogue& catalogue);
// Throws Error naming the place: not a project, a newer version (says which and what to do), a value of the wrong type
// or range.
Project projectFromJson(const nlohmann::ordered_json& json, const OpCatalogue& catalogue, const std::string& where);

// Bounded reader (64 MiB); JSON errors name line and column.
Project loadProject(const std::filesystem::path& file, const OpCatalogue& catalogue);
// Atomic: temporary file beside it, fsync, rename. Throws Error; an existing file is then as it was.
void saveProject(const Project& project, const std::filesystem::path& file, const OpCatalogue& catalogue);

}  // namespace gradlens
