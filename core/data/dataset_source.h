// SPDX-License-Identifier: GPL-3.0-or-later
// Where datasets come from: a small catalogue (IDX files, CSV tables, shipped digits, generators) described with the
// same attribute specs as ops, so that the form, the help and the checks are made from it.
#pragma once
#include "core/data/dataset.h"
#include "core/ops/catalogue/attributes.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace gradlens {

// What a project says of its data.
struct DatasetSpec {
    std::string source = "digits";  // name of a DatasetSource
    Attributes attributes;          // only what differs from the defaults
    std::vector<TransformSpec> transforms = {};
    friend bool operator==(const DatasetSpec&, const DatasetSpec&) = default;
};

// What loading needs beside the spec.
struct DatasetEnvironment {
    std::filesystem::path projectFolder;    // relative paths start here
    std::filesystem::path resourcesFolder;  // holds datasets/ with what is shipped
    std::uint64_t seed = 0;                 // generators and splits
    // 0..1, called now and then from the loading thread; returning false cancels (throws Error "cancelled").
    std::function<bool(double)> progress;
};

struct DatasetSource {
    std::string name;   // "idx"
    std::string label;  // "IDX images"
    std::string summary;
    std::vector<AttributeSpec> attributes;
    // attributes are completed(). Throws Error naming file, row and remedy.
    Dataset (*load)(const Attributes& attributes, const DatasetEnvironment& environment) = nullptr;
};

std::span<const DatasetSource> datasetSources();
const DatasetSource* findDatasetSource(std::string_view name);

// Completes the attributes, loads, and checks the whole (sizes agree, labels within the classes, something to train
// on). Throws Error.
std::shared_ptr<const Dataset> loadDataset(const DatasetSpec& spec, const DatasetEnvironment& environment);

}  // namespace gradlens
