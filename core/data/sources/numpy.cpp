// SPDX-License-Identifier: GPL-3.0-or-later
// Arrays in NumPy's files: features stay in the file and are read when asked for, labels are held.
#include "core/base/error.h"
#include "core/data/npy.h"
#include "core/data/preparation.h"
#include "core/data/sources/sources.h"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace gradlens {

namespace {
constexpr std::int32_t kMostClasses = 65536;

// The place of an element, as NumPy's users count: from 1 along the rows, then within the row.
std::string placeOf(std::int64_t row, std::int64_t column) {
    return "row " + std::to_string(row + 1) + ", column " + std::to_string(column + 1);
}

Tensor readLabels(const NpyArray& array, bool classification) {
    const std::int64_t rows = array.shape[0], columns = array.shape.slice(1).elements();
    const bool real = array.type == RowType::Half || array.type == RowType::Float32 || array.type == RowType::Float64;
    if (classification && real)
        throw Error("holds real numbers, whole class numbers are expected", array.bytes->name(),
                    "Set the task to regression, or save the labels as integers.");
    const Shape shape = !classification && array.shape.rank() == 1 ? Shape{rows, 1} : array.shape;
    Tensor labels(classification ? DType::Int32 : DType::Float32, shape);
    std::vector<std::byte> row(static_cast<std::size_t>(columns * sizeOf(array.type)));
    for (std::int64_t i = 0; i < rows; ++i) {
        array.bytes->read(array.first + i * static_cast<std::int64_t>(row.size()), row, "row " + std::to_string(i + 1));
        void* const target = static_cast<std::byte*>(labels.view().data()) + i * columns * 4;
        convertRow(array.type, row.data(), columns, labels.dtype(), target);
        for (std::int64_t k = 0; k < columns; ++k) {
            if (!classification && !std::isfinite(static_cast<const float*>(target)[k]))
                throw Error(placeOf(i, k) + " is not a finite number", array.bytes->name(),
                            "Correct or remove that row.");
            if (!classification) continue;
            const std::int32_t label = static_cast<const std::int32_t*>(target)[k];
            if ((label < 0 && label != kIgnoredLabel) || label >= kMostClasses)
                throw Error(
                    placeOf(i, k) + " has the label " + std::to_string(label) + " where classes go from 0 to 65535",
                    array.bytes->name(), "Number the classes from 0; -100 marks what does not count.");
        }
    }
    return labels;
}

// One pass over what may be larger than memory: a NaN, an infinity or a negative token would be found too late.
void checkFeatures(const RowStream& stream, const NpyArray& array, const Shape& labelShape, const Progress& progress) {
    if (stream.featureType() == DType::UInt8) return;
    const Shape sample = array.shape.slice(1);
    Tensor features(stream.featureType(), sample.withFront(1)), labels(stream.labelType(), labelShape.withFront(1));
    for (std::int64_t i = 0; i < stream.size(); ++i) {
        stream.read(i, features.view().data(), labels.view().data());
        for (std::int64_t k = 0; k < sample.elements(); ++k) {
            const bool tokens = stream.featureType() == DType::Int32;
            const bool good = tokens ? features.as<const std::int32_t>()[static_cast<std::size_t>(k)] >= 0
                                     : std::isfinite(features.as<const float>()[static_cast<std::size_t>(k)]);
            if (!good)
                throw Error(placeOf(i, k) + (tokens ? " is no token: tokens are numbers from 0"
                                                    : " is not a finite number (NaN or infinity)"),
                            array.bytes->name(), "Correct or remove that row.");
        }
        if (i % 256 == 0) progress.report(static_cast<double>(i) / static_cast<double>(stream.size()));
    }
}

struct Part {
    DatasetPart part;
    Shape featureShape, labelShape;
    std::int32_t highest = 0;
};

Part readPart(const NpyArray& features, const NpyArray& labels, const Attributes& attributes,
              const Progress& progress) {
    if (features.shape[0] != labels.shape[0])
        throw Error("holds " + std::to_string(features.shape[0]) + " samples (" + features.shape.toString() + ") but " +
                        labels.bytes->name() + " has " + std::to_string(labels.shape[0]) + " labels",
                    features.bytes->name(), "Choose two arrays that belong together.");
    const bool classification = attributes.choice("task") == "classification",
               tokens = attributes.choice("values") == "tokens";
    Part result;
    Tensor held = readLabels(labels, classification);
    result.labelShape = held.shape().slice(1);
    if (classification) result.highest = std::max(0, std::ranges::max(held.as<const std::int32_t>()));
    const std::int64_t elements = features.shape.slice(1).elements();
    result.featureShape = features.shape.slice(1);
    if (features.shape.rank() == 1) result.featureShape = Shape{1};
    if (features.shape.rank() == 3 && features.type == RowType::UInt8 && !tokens)
        result.featureShape = Shape{1, features.shape[1], features.shape[2]};  // greyscale images
    if (const IntegerList& sizes = attributes.list("shape"); !sizes.empty()) {
        result.featureShape = Shape(sizes);
        if (result.featureShape.checkedElements() != elements)
            throw Error("has " + std::to_string(elements) + " numbers a sample, the shape " +
                            result.featureShape.toString() + " asks for another number",
                        features.bytes->name(), "Correct the shape in the data settings, or leave it empty.");
    }
    const DType type = tokens ? DType::Int32 : features.type == RowType::UInt8 ? DType::UInt8 : DType::Float32;
    const auto stream = std::make_shared<RowStream>(
        std::vector<RowBlock>{{features.bytes, features.first, elements * sizeOf(features.type), features.shape[0]}},
        features.type, elements, type, std::move(held));
    checkFeatures(*stream, features, result.labelShape, progress);
    result.part.stream = stream;
    return result;
}

Dataset load(const Attributes& attributes, const DatasetEnvironment& environment) {
    const auto file = resolved(attributes.text("features"), environment.projectFolder, "the features");
    const auto labelFile = attributes.text("labels").empty()
                               ? file
                               : resolved(attributes.text("labels"), environment.projectFolder, "the labels");
    const Progress progress{&environment.progress};
    const auto read = [&](const char* features, const char* labels, const Progress& part) {
        return readPart(openNpy(file, attributes.text(features)), openNpy(labelFile, attributes.text(labels)),
                        attributes, part);
    };
    const std::string& validationName = attributes.text("validation_features_array");
    Part train = read("features_array", "labels_array", progress.part(0, validationName.empty() ? 0.5 : 0.4));
    Dataset dataset;
    dataset.name = file.filename().string();
    dataset.featureShape = train.featureShape;
    dataset.labelShape = train.labelShape;
    dataset.classification = attributes.choice("task") == "classification";
    std::int32_t highest = train.highest;
    if (validationName.empty()) {
        std::tie(dataset.train, dataset.validation) =
            splitPart(train.part, attributes.real("validation"), environment.seed);
    } else {
        const Part validation = read("validation_features_array", "validation_labels_array", progress.part(0.4, 0.5));
        if (validation.featureShape != train.featureShape || validation.labelShape != train.labelShape ||
            validation.part.featureType() != train.part.featureType())
            throw Error("the validation samples are " + validation.featureShape.toString() + ", the training samples " +
                            train.featureShape.toString(),
                        file.string(), "Choose arrays of one dataset, of one type.");
        dataset.train = train.part;
        dataset.validation = validation.part;
        highest = std::max(highest, validation.highest);
    }
    if (dataset.classification)
        for (std::int32_t i = 0; i <= highest; ++i) dataset.classNames.push_back(std::to_string(i));
    dataset.scaling =
        scalingFor(*dataset.train.stream, dataset.featureShape, dataset.labelShape, attributes.choice("normalise"),
                   dataset.train.featureType() == DType::UInt8 ? 255 : 0, dataset.train.size(), progress.part(0.5, 1));
    return dataset;
}
}  // namespace

DatasetSource numpySource() {
    return {
        "numpy",
        "NumPy arrays",
        "Features and labels as arrays in .npy or .npz files, read from the file while training",
        {pathAttribute("features", "Features", "", "A .npy file with one sample a row (axis 0), or a .npz file."),
         pathAttribute("labels", "Labels", "",
                       "The file of the labels. Empty: the file of the features, which is then a .npz file."),
         textAttribute("features_array", "Features array", "features", "Which array of a .npz file."),
         textAttribute("labels_array", "Labels array", "labels", "Which array of a .npz file."),
         textAttribute("validation_features_array", "Validation features array", "",
                       "Which array of a .npz file, such as x_test. Empty: a share of the training samples is used."),
         textAttribute("validation_labels_array", "Validation labels array", "",
                       "Which array of a .npz file, such as y_test."),
         choiceAttribute("task", "Task", "classification", {"classification", "regression"},
                         "Whether labels are class numbers, or numbers to predict."),
         choiceAttribute("values", "Values", "real", {"real", "tokens"},
                         "Whether features are measured, or numbers that stand for something (Input: values = class)."),
         listAttribute("shape", "Sample shape", {}, 1, 1 << 20, 0, 4,
                       "Shape of one sample. Empty: as the array has it; images of bytes N x H x W get one channel."),
         validationAttribute(0.1), normaliseAttribute("standardise")},
        load};
}

}  // namespace gradlens
