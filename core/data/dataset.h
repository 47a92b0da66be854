// SPDX-License-Identifier: GPL-3.0-or-later
// A dataset in memory: samples to train on and samples to validate on. Immutable once loaded; any thread.
#pragma once
#include "core/parallel/arena.h"
#include "core/tensor/tensor.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace gradlens {

// Samples along axis 0.
struct DatasetPart {
    Tensor features;  // Float32 or UInt8, N x featureShape
    Tensor labels;    // Int32 class numbers, N; or Float32 targets, N x labelShape
    std::int64_t size() const { return features ? features.shape()[0] : 0; }
};

// value' = (value - mean[c]) * scale[c], c the channel (axis 0 of the sample) or, for rank-1 samples, the column. One
// entry stands for all.
struct FeatureScaling {
    std::vector<float> mean{0.0f};
    std::vector<float> scale{1.0f};
};

struct Dataset {
    std::string name;                     // "Fashion-MNIST"
    Shape featureShape;                   // of one sample, "1x28x28"
    Shape labelShape;                     // of one sample; scalar for classes
    bool classification = true;
    std::vector<std::string> classNames;  // one a class; empty for regression
    FeatureScaling scaling;               // from the training part alone
    DatasetPart train, validation;
};

// Copies samples `indices` of a part, scaled, into features (Float32 or Float64, indices.size() x featureShape) and labels
// (Int32, or the real type of features). Tiles of samples in parallel.
void gather(const Arena& arena, const Dataset& dataset, const DatasetPart& part, std::span<const std::int64_t> indices,
            const TensorView& features, const TensorView& labels);

}  // namespace gradlens
