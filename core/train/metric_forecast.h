// SPDX-License-Identifier: GPL-3.0-or-later
// Which metrics an evaluation of a drawing will report, and why, before anything runs. Pure function; any thread.
#pragma once
#include "core/graph/analysis.h"
#include "core/train/metric_set.h"

#include <string>
#include <vector>

namespace gradlens {

struct MetricForecast {
    const MetricDefinition* metric = nullptr;
    bool reported = false;
    std::string reason;  // one sentence
};

// By metric, in the order of metricDefinitions(). validationLabels: how many labels an evaluation counts; 0: not known.
std::vector<MetricForecast> metricForecast(const ModelGraph& graph, const GraphAnalysis& analysis,
                                           std::int64_t validationLabels = 0);

}  // namespace gradlens
