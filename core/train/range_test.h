// SPDX-License-Identifier: GPL-3.0-or-later
// The learning-rate range test: trains for some steps with a rate that grows evenly on a log scale, and looks where the
// loss falls fastest.  [Smith 2017, Cyclical Learning Rates for Training Neural Networks, section 3.3]
#pragma once
#include "core/train/training_run.h"

#include <functional>
#include <optional>
#include <vector>

namespace gradlens {

struct RangeTestOptions {
    double lowest = 1e-7, highest = 10;  // learning rates; 0 < lowest < highest
    std::int64_t steps = 100;            // at least 2
};

struct RangeTest {
    struct Point {
        double learningRate = 0;
        double loss = 0;      // of the step made with it
        double smoothed = 0;  // exponential moving average, corrected for its start
    };
    std::vector<Point> points;         // ends early where the loss explodes
    std::optional<double> suggestion;  // where the smoothed loss falls fastest; nothing where it never falls
};

// Between steps only. Leaves the State as it was, also when it throws (Error: options out of range). keepGoing is asked
// between steps; false ends the test early.
RangeTest learningRateRangeTest(TrainingRun& run, const RangeTestOptions& options = {},
                                const std::function<bool(std::int64_t)>& keepGoing = {});

}  // namespace gradlens
