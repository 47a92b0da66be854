// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"
#include "app/cli/progress.h"
#include "core/base/error.h"
#include "core/data/dataset_source.h"
#include "core/graph/block_library.h"
#include "core/io/resources.h"
#include "core/train/metric_set.h"
#include "core/train/range_test.h"
#include "core/train/trainer.h"

#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <thread>

namespace gradlens::cli {

namespace {
volatile std::sig_atomic_t g_interrupted = 0;

// Drives a Trainer as the window does, from one thread that may wait.
class Driver {
public:
    explicit Driver(TrainerOptions options) : m_trainer(std::move(options)) {}

    Trainer& trainer() { return m_trainer; }
    TrainerStatus status() const { return m_trainer.status(); }

    // Waits for one of the given events, showing progress; Error and Problems are thrown. A signal stops the run in
    // order.
    TrainerEvent waitFor(std::initializer_list<TrainerEvent::Kind> kinds) {
        for (;;) {
            for (TrainerEvent& event : m_trainer.takeEvents()) {
                if (event.kind == TrainerEvent::Kind::Error || event.kind == TrainerEvent::Kind::Problems)
                    throw Error(event.message);
                if (event.kind == TrainerEvent::Kind::Evaluated)
                    m_progress.say("step " + grouped(static_cast<double>(event.step)) + ": " + event.message);
                if (std::ranges::find(kinds, event.kind) != kinds.end()) return event;
            }
            showProgress();
            if (g_interrupted != 0 && !m_stopping) {
                m_stopping = true;
                m_trainer.stop();
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
    }
    bool stopped() const { return m_stopping; }
    void setGoal(std::int64_t steps) { m_goal = steps; }

private:
    void showProgress() {
        const TrainerStatus now = status();
        if (now.phase != TrainerPhase::Running || m_goal <= 0) return;
        const std::int64_t perEpoch = std::max<std::int64_t>(now.stepsPerEpoch, 1),
                           epochs = (m_goal + perEpoch - 1) / perEpoch;
        const double perStep = now.step > 0 ? now.seconds / static_cast<double>(now.step) : 0;
        const std::string accuracy =
            std::isnan(now.trainAccuracy) ? "" : "  accuracy " + std::to_string(now.trainAccuracy).substr(0, 5);
        char text[160];
        std::snprintf(text, sizeof text, "epoch %lld/%lld  step %s/%s  loss %.4f%s  %s samples/s  %s left",
                      static_cast<long long>(std::min(now.step / perEpoch + 1, epochs)), static_cast<long long>(epochs),
                      grouped(static_cast<double>(now.step)).c_str(), grouped(static_cast<double>(m_goal)).c_str(),
                      now.trainLoss, accuracy.c_str(), grouped(now.samplesPerSecond).c_str(),
                      duration(perStep * static_cast<double>(m_goal - now.step)).c_str());
        m_progress.show(static_cast<double>(now.step) / static_cast<double>(m_goal), text);
    }

    Trainer m_trainer;
    Progress m_progress;
    std::int64_t m_goal = 0;
    bool m_stopping = false;
};

// The mean of the last epoch's steps (or of all there are).
double recentMean(const ScalarLog& log, const char* name, std::int64_t points) {
    const ScalarSeries* series = log.find(name);
    if (series == nullptr || series->size() == 0) return std::nan("");
    const std::int64_t size = series->size(), first = std::max<std::int64_t>(size - points, 0);
    double sum = 0;
    for (std::int64_t i = first; i < size; ++i) sum += (*series)[i].value;
    return sum / static_cast<double>(size - first);
}

void printSummary(const nlohmann::ordered_json& result) {
    const auto number = [&](const char* key) {
        return result[key].is_number() ? result[key].get<double>() : std::nan("");
    };
    std::printf("steps             %s (%.4g epochs)\n", grouped(number("steps")).c_str(), number("epochs"));
    std::printf("train             loss %.4f  accuracy %.4f\n", number("train_loss"), number("train_accuracy"));
    std::printf("validation        loss %.4f  accuracy %.4f\n", number("val_loss"), number("val_accuracy"));
    std::printf("time              %s, %s samples/s\n", duration(number("seconds")).c_str(),
                grouped(number("samples_per_second")).c_str());
    std::printf("state             %s\n", result["state_hash"].get<std::string>().c_str());
    if (result["run"].is_string()) std::printf("run               %s\n", result["run"].get<std::string>().c_str());
}

// What the last evaluation found, where it was of this step.
nlohmann::ordered_json lastMetrics(const ScalarLog& log, std::int64_t step) {
    nlohmann::ordered_json json = nlohmann::ordered_json::object();
    for (const MetricDefinition& metric : metricDefinitions()) {
        const ScalarSeries* series = log.find("validation/" + metric.name);
        if (series != nullptr && series->size() > 0 && (*series)[series->size() - 1].step == step)
            json[metric.name] = jsonNumber((*series)[series->size() - 1].value);
    }
    return json;
}

int findRate(const TrainOptions& options, const Project& project) {
    const Arena arena(options.threads);
    const DatasetEnvironment environment{
        std::filesystem::absolute(options.project).parent_path(), findResources(), project.training.seed, {}};
    TrainingRun run(arena, project, loadDataset(project.data, environment));
    RangeTestOptions range;
    range.steps = options.steps.value_or(range.steps);
    Progress progress;
    const RangeTest test = learningRateRangeTest(run, range, [&](std::int64_t step) {
        progress.show(static_cast<double>(step) / static_cast<double>(range.steps), "trying learning rates");
        return g_interrupted == 0;
    });
    nlohmann::ordered_json points = nlohmann::ordered_json::array();
    for (const RangeTest::Point& point : test.points)
        points.push_back({{"learning_rate", point.learningRate},
                          {"loss", jsonNumber(point.loss)},
                          {"smoothed_loss", jsonNumber(point.smoothed)}});
    if (options.json) {
        printJson(
            {{"suggested_learning_rate", jsonNumber(test.suggestion.value_or(std::nan("")))}, {"points", points}});
        return 0;
    }
    for (const RangeTest::Point& point : test.points)
        std::printf("%-12.4g loss %.6g  smoothed %.6g\n", point.learningRate, point.loss, point.smoothed);
    if (test.suggestion)
        std::printf("suggested learning rate  %.3g\n", *test.suggestion);
    else
        std::printf("no suggestion: the loss did not fall at any rate\n");
    return 0;
}
}  // namespace

int train(const TrainOptions& options) {
    Project project = loadProject(options.project, drawingCatalogue());
    if (options.seed) project.training.seed = *options.seed;
    if (options.findRate) return findRate(options, project);
    if (options.epochs) project.training.epochs = *options.epochs;
    const std::int64_t epochs = project.training.epochs,
                       batchSize = project.training.batchSize * project.training.updates.accumulate;
    std::signal(SIGINT, [](int) { g_interrupted = 1; });
    std::signal(SIGTERM, [](int) { g_interrupted = 1; });

    Driver driver({options.threads, findResources()});
    driver.trainer().prepare(std::move(project), std::filesystem::absolute(options.project).parent_path(), options.run);
    driver.waitFor({TrainerEvent::Kind::Prepared});
    const std::int64_t startStep = driver.status().step;
    const double startSeconds = driver.status().seconds;
    const std::int64_t goal = options.steps.value_or(epochs * driver.status().stepsPerEpoch);
    driver.setGoal(goal);
    bool diverged = false;
    if (goal > startStep && g_interrupted == 0) {
        driver.trainer().runTo(goal);
        diverged =
            driver.waitFor({TrainerEvent::Kind::Paused, TrainerEvent::Kind::Finished, TrainerEvent::Kind::NonFinite})
                .kind == TrainerEvent::Kind::NonFinite;
    }
    const ScalarSeries* evaluations = driver.trainer().scalars()->find("validation/loss");
    const bool evaluated = evaluations != nullptr && evaluations->size() > 0 &&
                           (*evaluations)[evaluations->size() - 1].step == driver.status().step;
    if (!evaluated && !driver.stopped() && !diverged) {
        driver.trainer().evaluate();
    }
    driver.trainer().save();
    driver.trainer().hashState();
    const TrainerEvent hashed = driver.waitFor({TrainerEvent::Kind::Hashed});
    const TrainerStatus status = driver.status();
    const auto log = driver.trainer().scalars();
    const double seconds = status.seconds - startSeconds;
    const nlohmann::ordered_json result{
        {"steps", status.step},
        {"epochs", static_cast<double>(status.step) / static_cast<double>(status.stepsPerEpoch)},
        {"train_loss", jsonNumber(recentMean(*log, "train/loss", status.stepsPerEpoch))},
        {"train_accuracy", jsonNumber(recentMean(*log, "train/accuracy", status.stepsPerEpoch))},
        {"val_loss", jsonNumber(driver.stopped() || diverged ? std::nan("") : status.validationLoss)},
        {"val_accuracy", jsonNumber(driver.stopped() || diverged ? std::nan("") : status.validationAccuracy)},
        {"state_hash", hashed.message},
        {"seconds", seconds},
        {"samples_per_second",
         jsonNumber(seconds > 0 ? static_cast<double>((status.step - startStep) * batchSize) / seconds : 0)},
        {"run", options.run.empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(options.run.string())},
        {"metrics", lastMetrics(*log, status.step)}};
    if (options.json)
        printJson(result);
    else
        printSummary(result);
    if (diverged)
        throw Error("the loss is no longer finite at step " + std::to_string(status.step), options.project.string(),
                    "Try a smaller learning rate, or look at the data.");
    constexpr int kInterrupted = 130;
    return driver.stopped() ? kInterrupted : 0;
}

}  // namespace gradlens::cli
