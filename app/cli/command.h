// SPDX-License-Identifier: GPL-3.0-or-later
// The commands of gradlens-cli. Each takes parsed options, writes its result to stdout (one JSON object with --json,
// text otherwise) and progress to stderr, and returns the exit code. Faults of project or data are thrown as Error.
#pragma once
#include "core/export/figure_colors.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace gradlens::cli {

struct TrainOptions {
    std::filesystem::path project;
    std::optional<std::int64_t> epochs, steps;
    std::optional<std::uint64_t> seed;
    int threads = 0;
    std::filesystem::path run;
    bool findRate = false;  // the learning-rate range test instead of training
    bool json = false;
};
int train(const TrainOptions& options);

struct EvalOptions {
    std::filesystem::path project, checkpoint;
    int threads = 0;
    bool json = false;
};
int evaluate(const EvalOptions& options);

struct CheckOptions {
    std::filesystem::path project;
    bool json = false;
};
int check(const CheckOptions& options);

struct StateOptions {
    std::filesystem::path run;
    std::int64_t step = 0;
    bool fromStart = false;  // replay everything instead of restoring the nearest checkpoint
    int threads = 0;
    bool json = false;
};
int state(const StateOptions& options);

struct ExportOptions {
    enum class Kind { PyTorch, Keras, Svg };
    std::filesystem::path project;
    Kind kind = Kind::PyTorch;
    std::filesystem::path output;      // empty or "-": stdout
    std::filesystem::path checkpoint;  // of source: what it loads
    FigureStyle style = FigureStyle::Paper;
};
int exportProject(const ExportOptions& options);

struct OpsOptions {
    std::string name;
    bool json = false;
};
int ops(const OpsOptions& options);

struct BenchOptions {
    std::vector<std::string> names;  // empty: every workload
    std::vector<int> threads;        // the fastest counts; empty: all cores
    double seconds = 2;              // for each workload and number of threads
    bool json = false;
};
int bench(const BenchOptions& options);

// NaN and infinity have no JSON: null.
nlohmann::ordered_json jsonNumber(double value);
void printJson(const nlohmann::ordered_json& json);

}  // namespace gradlens::cli
