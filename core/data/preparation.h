// SPDX-License-Identifier: GPL-3.0-or-later
// What sources share: the split into training and validation part, the scaling of features, the attributes that ask for
// them. Pure functions; any thread.
#pragma once
#include "core/data/byte_stream.h"
#include "core/data/dataset.h"
#include "core/ops/catalogue/attributes.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

namespace gradlens {

// Cuts off round(fraction x samples) samples, at least one and not all (fraction 0: none), for validation: drawn from
// seed on Philox stream Split, not stratified by class. Both parts keep the order of the file. {train, validation}
std::pair<DatasetPart, DatasetPart> splitPart(const DatasetPart& all, double fraction, std::uint64_t seed);

// The scaling that `mode` asks for, from the training part alone, per channel of images and per column of tables:
// "none"; "unit": the smallest value becomes 0 and the largest 1, or value / unitMaximum when that is given (> 0);
// "standardise": mean 0, standard deviation 1. What is constant is only shifted.
FeatureScaling scalingFor(const Tensor& features, std::string_view mode, double unitMaximum = 0);
// The same from (at most `atMost`, evenly spread) samples of a stream; none for tokens. Throws what reading throws.
FeatureScaling scalingFor(const SampleStream& samples, const Shape& sampleShape, const Shape& labelShape,
                          std::string_view mode, double unitMaximum, std::int64_t atMost, const Progress& progress);

AttributeSpec validationAttribute(double fraction);
AttributeSpec normaliseAttribute(std::string mode);

// `path` as the user gave it: absolute, or relative to `folder`. Throws Error when it is empty (what: "the training
// images").
std::filesystem::path resolved(const std::string& path, const std::filesystem::path& folder, const std::string& what);

}  // namespace gradlens
