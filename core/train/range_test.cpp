// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/range_test.h"

#include "core/base/error.h"

#include <algorithm>
#include <cmath>

namespace gradlens {

namespace {
constexpr double kKept = 0.9;    // of the moving average at each step
constexpr double kExploded = 4;  // times the lowest loss so far

// Puts a run back as it was.
class Restored {
public:
    explicit Restored(TrainingRun& run) : m_run(run), m_before(run.state()) { m_run.setState(m_before.clone()); }
    ~Restored() {
        m_run.forceLearningRate({});
        m_run.setState(std::move(m_before));  // fits: it came from there
    }
    Restored(const Restored&) = delete;
    Restored& operator=(const Restored&) = delete;

private:
    TrainingRun& m_run;
    State m_before;
};

// The slope of the smoothed loss by the logarithm of the rate, from neighbours on both sides; up to the lowest loss.
std::optional<double> steepest(const std::vector<RangeTest::Point>& points) {
    if (points.size() < 3) return std::nullopt;
    const auto lowest = std::ranges::min_element(points, {}, &RangeTest::Point::smoothed) - points.begin();
    double fastest = 0;
    std::optional<double> rate;
    for (std::ptrdiff_t i = 1; i <= lowest && i + 1 < std::ssize(points); ++i) {
        const double slope =
            points[static_cast<std::size_t>(i + 1)].smoothed - points[static_cast<std::size_t>(i - 1)].smoothed;
        if (slope >= fastest) continue;
        fastest = slope;
        rate = points[static_cast<std::size_t>(i)].learningRate;
    }
    return rate;
}
}  // namespace

RangeTest learningRateRangeTest(TrainingRun& run, const RangeTestOptions& options,
                                const std::function<bool(std::int64_t)>& keepGoing) {
    if (!(options.lowest > 0) || !(options.highest > options.lowest) || !std::isfinite(options.highest) ||
        options.steps < 2)
        throw Error("the range test wants a lowest learning rate above 0, a higher highest one, and at least 2 steps");
    const Restored restored(run);
    RangeTest result;
    double average = 0, lowest = 0;
    for (std::int64_t i = 0; i < options.steps && (!keepGoing || keepGoing(i)); ++i) {
        const double rate = options.lowest * std::pow(options.highest / options.lowest,
                                                      static_cast<double>(i) / static_cast<double>(options.steps - 1));
        run.forceLearningRate(rate);
        const double loss = run.step().loss;
        average = kKept * average + (1 - kKept) * loss;
        const double smoothed = average / (1 - std::pow(kKept, static_cast<double>(i + 1)));
        if (!std::isfinite(smoothed)) break;
        result.points.push_back({rate, loss, smoothed});
        lowest = i == 0 ? smoothed : std::min(lowest, smoothed);
        if (i > 0 && lowest > 0 && smoothed > kExploded * lowest) break;
    }
    result.suggestion = steepest(result.points);
    return result;
}

}  // namespace gradlens
