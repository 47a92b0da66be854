// SPDX-License-Identifier: GPL-3.0-or-later
// A dataset: samples to train on and samples to validate on, in memory or read when asked for. Immutable once loaded;
// any thread.
#pragma once
#include "core/data/transform.h"
#include "core/parallel/arena.h"
#include "core/tensor/tensor.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace gradlens {

// Samples that do not lie in one tensor: windows of a text, files that are read when asked for. Immutable; any thread.
class SampleStream {
public:
    virtual ~SampleStream() = default;
    virtual std::int64_t size() const = 0;
    virtual DType featureType() const = 0;  // Float32, UInt8 or Int32
    virtual DType labelType() const = 0;    // Int32 or Float32
    // Writes sample `index`, featureShape and labelShape elements. Throws Error naming file and sample.
    virtual void read(std::int64_t index, void* features, void* labels) const = 0;
    // The labels alone, for what only counts them.
    virtual void readLabels(std::int64_t index, void* labels) const = 0;
};

// Samples along axis 0, or in a stream.
struct DatasetPart {
    Tensor features;  // Float32, UInt8 or (tokens) Int32, N x featureShape
    Tensor labels;    // Int32 class numbers, N x labelShape; or Float32 targets, N x labelShape
    std::shared_ptr<const SampleStream> stream = nullptr;  // in place of both
    bool augmented = false;                                // the dataset's transforms apply
    std::int64_t size() const { return stream ? stream->size() : features ? features.shape()[0] : 0; }
    DType featureType() const { return stream ? stream->featureType() : features.dtype(); }
    DType labelType() const { return stream ? stream->labelType() : labels.dtype(); }
};

// value' = (value - mean[c]) * scale[c], c the channel (axis 0 of the sample) or, for rank-1 samples, the column. One
// entry stands for all.
struct FeatureScaling {
    std::vector<float> mean{0.0f};
    std::vector<float> scale{1.0f};
};

struct Dataset {
    std::string name;              // "Fashion-MNIST"
    std::filesystem::path folder;  // where relative paths of its project start
    Shape featureShape;            // of one sample, "1x28x28"
    Shape labelShape;              // of one sample; scalar for classes
    bool classification = true;
    std::vector<std::string> classNames;     // one a class; empty for regression
    std::vector<double> classWeights;        // how much each class counts in the loss; empty: all the same
    FeatureScaling scaling;                  // from the training part alone; not for tokens
    std::vector<BoundTransform> transforms;  // of augmented parts, in order
    DatasetPart train, validation;
};

// Steps with this label do not count (see SoftmaxCrossEntropy).
inline constexpr std::int32_t kIgnoredLabel = -100;

// What random transforms draw from.
struct Augmentation {
    std::uint64_t seed = 0;
    std::int64_t epoch = 0;
};

// Copies samples `indices` of a part, scaled and transformed, into features (Float32 or Float64, indices.size() x
// featureShape; Int32 for tokens) and labels (Int32, or the real type of features). Tiles of samples in parallel.
void gather(const Arena& arena, const Dataset& dataset, const DatasetPart& part, std::span<const std::int64_t> indices,
            const TensorView& features, const TensorView& labels, const Augmentation& augmentation = {});

}  // namespace gradlens
