// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/dataset_source.h"

#include "core/base/error.h"
#include "core/data/sources/sources.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <new>

namespace gradlens {

namespace {
[[noreturn]] void failUnknown(const std::string& name) {
    std::string known;
    for (const DatasetSource& source : datasetSources()) known += (known.empty() ? "" : ", ") + source.name;
    throw Error("there is no data source '" + name + "'", "data", "Choose one of " + known + ".");
}

void checkPart(const Dataset& dataset, const DatasetPart& part, const std::string& which) {
    const auto fail = [&](const std::string& what) {
        throw Error("the " + which + " part " + what, dataset.name, "Check the files and the data settings.");
    };
    if (part.size() == 0 || part.stream != nullptr) return;
    if (part.features.shape().slice(1) != dataset.featureShape)
        fail("has samples of " + part.features.shape().slice(1).toString());
    if (!part.labels || part.labels.shape() != dataset.labelShape.withFront(part.size()))
        fail("has not one label a sample");
    if (!dataset.classification) return;
    const auto labels = part.labels.as<const std::int32_t>();
    const auto classes = static_cast<std::int64_t>(dataset.classNames.size());
    const auto bad = std::ranges::find_if(
        labels, [&](std::int32_t label) { return (label < 0 || label >= classes) && label != kIgnoredLabel; });
    if (bad != labels.end())
        fail("has the label " + std::to_string(*bad) + " at sample " +
             std::to_string((bad - labels.begin()) / std::max<std::int64_t>(dataset.labelShape.elements(), 1) + 1) +
             " where classes go from 0 to " + std::to_string(classes - 1));
}

// A NaN or an infinity in what is read would spread through every weight at the first step.
void checkFinite(const Dataset& dataset, const Tensor& values, const std::string& what) {
    if (!values || values.dtype() != DType::Float32) return;
    const auto all = values.as<const float>();
    const auto bad = std::ranges::find_if(all, [](float value) { return !std::isfinite(value); });
    if (bad == all.end()) return;
    const std::int64_t perSample = std::max<std::int64_t>(values.shape().slice(1).elements(), 1),
                       at = bad - all.begin();
    throw Error(what + " hold " + (std::isnan(*bad) ? "a NaN" : "an infinity") + " at sample " +
                    std::to_string(at / perSample + 1) + ", number " + std::to_string(at % perSample + 1),
                dataset.name, "Correct or remove that sample.");
}

void check(const Dataset& dataset) {
    if (dataset.train.size() == 0)
        throw Error("there is nothing to train on", dataset.name, "Choose a dataset that holds samples.");
    checkPart(dataset, dataset.train, "training");
    checkPart(dataset, dataset.validation, "validation");
    checkFinite(dataset, dataset.train.features, "the training features");
    checkFinite(dataset, dataset.validation.features, "the validation features");
    checkFinite(dataset, dataset.train.labels, "the training targets");
    checkFinite(dataset, dataset.validation.labels, "the validation targets");
}
}  // namespace

std::span<const DatasetSource> datasetSources() {
    static const std::array<DatasetSource, 16> sources{
        fashionMnistSource(), digitsSource(),      idxSource(),    csvSource(),       spiralsSource(),    moonsSource(),
        circlesSource(),      xorSource(),         blobsSource(),  textSource(),      arithmeticSource(), cifarSource(),
        numpySource(),        imageFolderSource(), shapesSource(), digitPairsSource()};
    return sources;
}

const DatasetSource* findDatasetSource(std::string_view name) {
    const auto sources = datasetSources();
    const auto found = std::ranges::find(sources, name, &DatasetSource::name);
    return found == sources.end() ? nullptr : &*found;
}

std::shared_ptr<const Dataset> loadDataset(const DatasetSpec& spec, const DatasetEnvironment& environment) {
    const DatasetSource* source = findDatasetSource(spec.source);
    if (source == nullptr) failUnknown(spec.source);
    std::vector<AttributeFault> faults;
    const Attributes attributes = completed(source->attributes, spec.attributes, &faults);
    if (!faults.empty())
        throw Error("'" + faults[0].attribute + "' " + faults[0].message, "data source " + source->name,
                    "Correct it in the data settings.");
    try {
        auto dataset = std::make_shared<Dataset>(source->load(attributes, environment));
        check(*dataset);
        dataset->folder = environment.projectFolder;
        dataset->train.augmented = true;
        bindTransforms(spec.transforms, *dataset);
        return dataset;
    } catch (const std::bad_alloc&) {
        throw Error("the dataset does not fit into memory", "data source " + source->name,
                    "Use fewer or smaller samples.");
    }
}

}  // namespace gradlens
