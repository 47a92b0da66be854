// SPDX-License-Identifier: GPL-3.0-or-later
// What is done to samples between the dataset and the batch: a small catalogue described with the same attribute specs
// as ops. Random transforms touch the training part only, and are a pure function of seed, epoch and sample.
#pragma once
#include "core/base/philox.h"
#include "core/ops/catalogue/attributes.h"
#include "core/tensor/shape.h"

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gradlens {

struct Dataset;

// What a project says of one transform.
struct TransformSpec {
    std::string name;
    Attributes attributes;  // only what differs from the defaults
    friend bool operator==(const TransformSpec&, const TransformSpec&) = default;
};

// One sample on its way into a batch: channels x height x width, after the dataset's scaling.
struct TransformSample {
    std::int64_t channels, height, width;
    float* values;                       // changed in place
    float* scratch;                      // as large; contents are whatever was left there
    std::function<double(int)> uniform;  // numbers in [0, 1) of this transform at this sample, by index
};

struct TransformDefinition {
    std::string name;   // "flip"
    std::string label;  // "Flip"
    std::string summary;
    std::vector<AttributeSpec> attributes;
    // For images, one at a time; null for what prepares the dataset as a whole.
    void (*apply)(const Attributes& attributes, const TransformSample& sample) = nullptr;
    // Once, when the dataset has been loaded. Throws Error where it does not fit.
    void (*prepare)(const Attributes& attributes, Dataset& dataset) = nullptr;
    bool movesPixels = false;  // labels that are maps would stay where they are
};

std::span<const TransformDefinition> transforms();
const TransformDefinition* findTransform(std::string_view name);

// A transform of a loaded dataset.
struct BoundTransform {
    const TransformDefinition* definition = nullptr;
    Attributes attributes;  // completed
};

// Completes and checks the specs, runs what prepares, and leaves the rest in dataset.transforms. Throws Error.
void bindTransforms(std::span<const TransformSpec> specs, Dataset& dataset);

}  // namespace gradlens
