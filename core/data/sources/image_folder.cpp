// SPDX-License-Identifier: GPL-3.0-or-later
// Folders of images, one a class. The files are read and decoded when a batch asks for them.
#include "core/base/error.h"
#include "core/data/image_file.h"
#include "core/data/preparation.h"
#include "core/data/sources/sources.h"

#include <algorithm>
#include <cstring>
#include <tuple>

namespace gradlens {

namespace {
namespace fs = std::filesystem;
constexpr std::size_t kMostImages = 20000000, kMostClasses = 10000;

class ImageStream final : public SampleStream {
public:
    ImageStream(std::vector<fs::path> files, std::vector<std::int32_t> labels, Shape shape)
        : m_files(std::move(files)), m_labels(std::move(labels)), m_shape(shape) {}

    std::int64_t size() const override { return static_cast<std::int64_t>(m_files.size()); }
    DType featureType() const override { return DType::UInt8; }
    DType labelType() const override { return DType::Int32; }
    void read(std::int64_t index, void* features, void* labels) const override {
        const auto at = static_cast<std::size_t>(index);
        const Tensor image = resized(readImage(m_files[at], m_shape[0]), m_shape[1], m_shape[2]);
        std::memcpy(features, image.view().data(), image.bytes());
        readLabels(index, labels);
    }
    void readLabels(std::int64_t index, void* labels) const override {
        std::memcpy(labels, &m_labels[static_cast<std::size_t>(index)], sizeof(std::int32_t));
    }

private:
    std::vector<fs::path> m_files;
    std::vector<std::int32_t> m_labels;
    Shape m_shape;
};

// What a folder holds, sorted by name so that every machine numbers alike; not what is hidden.
std::vector<fs::path> contentOf(const fs::path& folder, bool folders) {
    std::error_code error;
    std::vector<fs::path> found;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
        std::error_code ignored;
        if (entry->path().filename().string().starts_with(".")) continue;
        if (folders ? entry->is_directory(ignored) : entry->is_regular_file(ignored)) found.push_back(entry->path());
    }
    if (error)
        throw Error("cannot be listed: " + error.message(), folder.string(),
                    "Choose a folder that exists and may be read.");
    std::ranges::sort(found);
    return found;
}

bool isImage(const fs::path& file) {
    std::string ending = file.extension().string();
    std::ranges::transform(ending, ending.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return ending == ".png" || ending == ".jpg" || ending == ".jpeg";
}

struct Listing {
    std::vector<fs::path> files;
    std::vector<std::int32_t> labels;
};

std::vector<std::string> classesOf(const fs::path& folder) {
    std::vector<std::string> names;
    for (const fs::path& each : contentOf(folder, true)) names.push_back(each.filename().string());
    if (names.empty() || names.size() > kMostClasses)
        throw Error("holds " + std::to_string(names.size()) + " folders; one a class is expected", folder.string(),
                    "Put the images of each class into a folder of its own.");
    return names;
}

Listing list(const fs::path& folder, const std::vector<std::string>& classes, const Progress& progress) {
    Listing listing;
    for (std::size_t i = 0; i < classes.size(); ++i) {
        std::error_code ignored;
        if (!fs::is_directory(folder / classes[i], ignored)) continue;  // a class that this part has none of
        for (fs::path& file : contentOf(folder / classes[i], false))
            if (isImage(file)) {
                listing.files.push_back(std::move(file));
                listing.labels.push_back(static_cast<std::int32_t>(i));
            }
        if (listing.files.size() > kMostImages)
            throw Error("holds more than 20 million images", folder.string(), "Choose a smaller folder.");
        progress.report(static_cast<double>(i) / static_cast<double>(classes.size()));
    }
    if (listing.files.empty())
        throw Error("holds no PNG or JPEG images", folder.string(),
                    "Put the images of each class into a folder of its own.");
    return listing;
}

// The folder's own validation part, when it has one; empty otherwise.
fs::path validationFolder(const fs::path& folder) {
    for (const char* name : {"val", "validation", "test"}) {
        std::error_code ignored;
        if (fs::is_directory(folder / name, ignored)) return folder / name;
    }
    return {};
}

Dataset load(const Attributes& attributes, const DatasetEnvironment& environment) {
    const fs::path folder = resolved(attributes.text("folder"), environment.projectFolder, "the images");
    const Progress progress{&environment.progress};
    std::error_code ignored;
    const bool divided = fs::is_directory(folder / "train", ignored);
    const fs::path trainFolder = divided ? folder / "train" : folder,
                   validation = divided ? validationFolder(folder) : fs::path();
    Dataset dataset;
    dataset.name = folder.filename().empty() ? folder.parent_path().filename().string() : folder.filename().string();
    dataset.classNames = classesOf(trainFolder);
    Listing train = list(trainFolder, dataset.classNames, progress.part(0, 0.4));

    const std::int64_t channels = attributes.choice("colours") == "colour" ? 3 : 1;
    dataset.featureShape = readImage(train.files.front(), channels).shape();
    if (const IntegerList& size = attributes.list("size"); !size.empty())
        dataset.featureShape = Shape{channels, size.front(), size.back()};
    const auto partOf = [&](Listing listing) {
        DatasetPart part;
        part.stream =
            std::make_shared<ImageStream>(std::move(listing.files), std::move(listing.labels), dataset.featureShape);
        return part;
    };
    if (validation.empty()) {
        std::tie(dataset.train, dataset.validation) =
            splitPart(partOf(std::move(train)), attributes.real("validation"), environment.seed);
    } else {
        for (const std::string& name : classesOf(validation))
            if (!std::ranges::binary_search(dataset.classNames, name))
                throw Error("has the class '" + name + "', which the training images do not have", validation.string(),
                            "Give both the same class folders.");
        dataset.train = partOf(std::move(train));
        dataset.validation = partOf(list(validation, dataset.classNames, progress.part(0.4, 0.5)));
    }
    constexpr std::int64_t kMostDecoded = 2000;  // the figures of so many are good to a few percent of a level
    dataset.scaling = scalingFor(*dataset.train.stream, dataset.featureShape, dataset.labelShape,
                                 attributes.choice("normalise"), 255, kMostDecoded, progress.part(0.5, 1));
    return dataset;
}
}  // namespace

DatasetSource imageFolderSource() {
    return {"images",
            "Image folders",
            "PNG and JPEG images in one folder a class, decoded while training",
            {pathAttribute(
                 "folder", "Folder", "",
                 "Holds one folder of images a class; or train/ and val/ (validation/, test/), which hold those."),
             listAttribute("size", "Size", {}, 1, 16384, 0, 2,
                           "Height and width that every image is brought to. Empty: those of the first image."),
             choiceAttribute("colours", "Colours", "colour", {"colour", "grey"}, "Three channels or one."),
             validationAttribute(0.1), normaliseAttribute("unit")},
            load};
}

}  // namespace gradlens
