// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/data/preparation.h"
#include "core/data/sources/idx_dataset.h"
#include "core/data/sources/sources.h"

namespace gradlens {

namespace {
// The file as Debian packages it, or unpacked.
std::filesystem::path findFile(const std::filesystem::path& folder, const std::string& name) {
    std::error_code ignored;
    for (const std::filesystem::path& file : {folder / (name + ".gz"), folder / name})
        if (std::filesystem::exists(file, ignored)) return file;
    throw Error("Fashion-MNIST is not there: " + name + ".gz is missing", folder.string(),
                "Install it with 'apt-get install dataset-fashion-mnist', or choose another dataset.");
}

Dataset load(const Attributes& attributes, const DatasetEnvironment& environment) {
    const auto folder = resolved(attributes.text("folder"), environment.projectFolder, "the folder of Fashion-MNIST");
    const IdxFiles train{findFile(folder, "train-images-idx3-ubyte"), findFile(folder, "train-labels-idx1-ubyte")};
    const IdxFiles validation{findFile(folder, "t10k-images-idx3-ubyte"), findFile(folder, "t10k-labels-idx1-ubyte")};
    const Progress progress{&environment.progress};
    Dataset dataset;
    dataset.name = "Fashion-MNIST";
    dataset.classNames = {"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
                          "Sandal",      "Shirt",   "Sneaker",  "Bag",   "Ankle boot"};
    dataset.train = readIdxPart(train, progress.part(0, 0.85));
    dataset.validation = readIdxPart(validation, progress.part(0.85, 1));
    finishImages(dataset, attributes.choice("normalise"), 255);
    return dataset;
}
}  // namespace

DatasetSource fashionMnistSource() {
    return {"fashion-mnist",
            "Fashion-MNIST",
            "70,000 pictures of clothes, 28x28 grey, ten classes: 60,000 to train on and 10,000 to validate on [Xiao, "
            "Rasul, Vollgraf 2017]",
            {pathAttribute("folder", "Folder", "/usr/share/datasets/fashion-mnist",
                           "Where the four IDX files are, compressed or not. The Debian package dataset-fashion-mnist "
                           "puts them here."),
             normaliseAttribute("unit")},
            load};
}

}  // namespace gradlens
