// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/data/preparation.h"
#include "core/data/sources/idx_dataset.h"
#include "core/data/sources/sources.h"

namespace gradlens {

namespace {
std::vector<std::string> commaSeparated(const std::string& text) {
    std::vector<std::string> parts;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find(',', begin), text.size());
        std::string part = text.substr(begin, end - begin);
        part.erase(0, part.find_first_not_of(" \t"));
        part.erase(part.find_last_not_of(" \t") + 1);
        parts.push_back(std::move(part));
        begin = end + 1;
    }
    return parts;
}

Dataset load(const Attributes& attributes, const DatasetEnvironment& environment) {
    const auto file = [&](const char* name, const char* what) {
        return resolved(attributes.text(name), environment.projectFolder, what);
    };
    const bool separate =
        !attributes.text("validation_images").empty() || !attributes.text("validation_labels").empty();
    const Progress progress{&environment.progress};
    const IdxFiles trainFiles{file("train_images", "the training images"), file("train_labels", "the training labels")};

    Dataset dataset;
    dataset.name = trainFiles.images.filename().string();
    dataset.classNames = commaSeparated(attributes.text("class_names"));
    if (separate) {
        const IdxFiles validationFiles{file("validation_images", "the validation images"),
                                       file("validation_labels", "the validation labels")};
        dataset.train = readIdxPart(trainFiles, progress.part(0, 0.8));
        dataset.validation = readIdxPart(validationFiles, progress.part(0.8, 1));
        const Shape expected = dataset.train.features.shape().slice(1),
                    found = dataset.validation.features.shape().slice(1);
        if (found != expected || dataset.validation.features.dtype() != dataset.train.features.dtype()) {
            throw Error("the validation samples are " + found.toString() + " " +
                            std::string(nameOf(dataset.validation.features.dtype())) + ", the training samples " +
                            expected.toString() + " " + std::string(nameOf(dataset.train.features.dtype())),
                        validationFiles.images.string(), "Choose files of one dataset.");
        }
    } else {
        std::tie(dataset.train, dataset.validation) =
            splitPart(readIdxPart(trainFiles, progress), attributes.real("validation"), environment.seed);
    }
    // Bytes have a range of their own; real numbers are mapped by what is there.
    finishImages(dataset, attributes.choice("normalise"), dataset.train.features.dtype() == DType::UInt8 ? 255 : 0);
    return dataset;
}
}  // namespace

DatasetSource idxSource() {
    return {"idx",
            "IDX images",
            "Images and labels in IDX files, the format of MNIST and its relatives, plain or gzip",
            {pathAttribute("train_images", "Training images", "",
                           "IDX file with the images to train on, such as train-images-idx3-ubyte.gz."),
             pathAttribute("train_labels", "Training labels", "",
                           "IDX file with one class number for each training image."),
             pathAttribute("validation_images", "Validation images", "",
                           "IDX file with the images to validate on. Empty: a share of the training images is used."),
             pathAttribute("validation_labels", "Validation labels", "",
                           "IDX file with one class number for each validation image."),
             textAttribute("class_names", "Class names", "",
                           "Names of the classes in order, separated by commas. Empty: their numbers."),
             validationAttribute(0.1), normaliseAttribute("unit")},
            load};
}

}  // namespace gradlens
