// SPDX-License-Identifier: GPL-3.0-or-later
// What can be told of a dataset as a whole: how often each class comes and how its numbers spread. Pure functions; any
// thread.
#pragma once
#include "core/data/byte_stream.h"
#include "core/data/dataset.h"
#include "core/data/feature_ranges.h"

#include <cstdint>
#include <vector>

namespace gradlens {

// How many labels of each of the dataset's classes a part holds; what does not count in the loss is left out. Empty
// where labels are not class numbers (or rows of one-hot targets of the classes).
std::vector<std::int64_t> classCounts(const Dataset& dataset, const DatasetPart& part, const Progress& progress = {});

struct PartFigures {
    std::vector<std::int64_t> classCounts;  // by class
    std::vector<std::int32_t> classOf;      // by sample; empty where a sample has many labels, or no class
};

struct DatasetFigures {
    PartFigures train, validation;
    std::vector<FeatureRange> features;  // of the training part as loaded, by channel or column; empty for tokens
    std::int64_t featureSamples = 0;     // how many samples were looked at for them
};

// Throws what reading throws, and Error "cancelled" when progress says so.
DatasetFigures figuresOf(const Dataset& dataset, const Progress& progress = {});

// The most frequent class over the least frequent one that occurs; 0 where fewer than two occur.
double imbalanceOf(const std::vector<std::int64_t>& classCounts);

// A range as it is after the scaling.
struct ScaledRange {
    double minimum, maximum, mean, deviation;
};
ScaledRange scaled(const FeatureRange& range, const FeatureScaling& scaling, std::size_t entry);

}  // namespace gradlens
