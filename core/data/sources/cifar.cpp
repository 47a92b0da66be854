// SPDX-License-Identifier: GPL-3.0-or-later
// CIFAR-10 and CIFAR-100 in their binary form: records of one label byte (two for CIFAR-100: coarse, fine) and 3x32x32
// pixels, plane by plane. [cs.toronto.edu/~kriz/cifar.html]. Pixels stay in the files.
#include "core/base/error.h"
#include "core/data/preparation.h"
#include "core/data/row_stream.h"
#include "core/data/sources/sources.h"

#include <algorithm>
#include <array>
#include <fstream>

namespace gradlens {

namespace {
constexpr std::int64_t kPixels = 3 * 32 * 32;

struct Variant {
    std::int64_t labelBytes, labelAt, classes;
    std::vector<std::string> train, validation;
    const char* names;  // file of class names, one a line
};

Variant variantOf(const std::string& name) {
    if (name == "cifar-10")
        return {1,
                0,
                10,
                {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin"},
                {"test_batch.bin"},
                "batches.meta.txt"};
    const bool fine = name == "cifar-100";
    return {2,
            fine ? 1 : 0,
            fine ? 100 : 20,
            {"train.bin"},
            {"test.bin"},
            fine ? "fine_label_names.txt" : "coarse_label_names.txt"};
}

DatasetPart readPart(const std::filesystem::path& folder, const std::vector<std::string>& files, const Variant& variant,
                     const Progress& progress) {
    const std::int64_t record = variant.labelBytes + kPixels;
    std::vector<RowBlock> blocks;
    std::int64_t rows = 0;
    for (const std::string& name : files) {
        const auto bytes = openBytes(folder / name);
        if (bytes->size() == 0 || bytes->size() % record != 0)
            throw Error("has " + std::to_string(bytes->size()) + " bytes, a multiple of " + std::to_string(record) +
                            " is expected; row " + std::to_string(bytes->size() / record + 1) + " is cut short",
                        bytes->name(), "Choose the binary version of the dataset; if it is that, download it again.");
        blocks.push_back({bytes, variant.labelBytes, record, bytes->size() / record});
        rows += blocks.back().rows;
    }
    Tensor labels(DType::Int32, {rows});
    const auto values = labels.as<std::int32_t>();
    std::size_t at = 0;
    for (const RowBlock& block : blocks)
        for (std::int64_t row = 0; row < block.rows; ++row) {
            std::array<std::byte, 1> label{};
            const std::string what = "row " + std::to_string(row + 1);
            block.bytes->read(row * record + variant.labelAt, label, what);
            values[at] = std::to_integer<std::int32_t>(label[0]);
            if (values[at] >= variant.classes)
                throw Error(what + " has the label " + std::to_string(values[at]) + " where classes go from 0 to " +
                                std::to_string(variant.classes - 1),
                            block.bytes->name(),
                            "Check that the variant is the right one; if it is, download the file again.");
            if (++at % 4096 == 0) progress.report(static_cast<double>(at) / static_cast<double>(rows));
        }
    DatasetPart part;
    part.stream =
        std::make_shared<RowStream>(std::move(blocks), RowType::UInt8, kPixels, DType::UInt8, std::move(labels));
    return part;
}

// Names from the file that comes with the pixels, where it is there and fits; else the numbers.
std::vector<std::string> classNames(const std::filesystem::path& file, std::int64_t classes) {
    constexpr std::size_t kLongestName = 64;
    std::vector<std::string> names;
    std::ifstream stream(file);
    for (std::string line; static_cast<std::int64_t>(names.size()) < classes && std::getline(stream, line);) {
        if (!line.empty() && line.back() == '\r') line.pop_back();
        if (!line.empty() && line.size() <= kLongestName) names.push_back(std::move(line));
    }
    if (static_cast<std::int64_t>(names.size()) == classes) return names;
    names.clear();
    for (std::int64_t i = 0; i < classes; ++i) names.push_back(std::to_string(i));
    return names;
}

Dataset load(const Attributes& attributes, const DatasetEnvironment& environment) {
    const Variant variant = variantOf(attributes.choice("variant"));
    const auto folder = resolved(attributes.text("folder"), environment.projectFolder, "the CIFAR files");
    const Progress progress{&environment.progress};
    Dataset dataset;
    dataset.name = attributes.choice("variant");
    dataset.featureShape = Shape{3, 32, 32};
    dataset.train = readPart(folder, variant.train, variant, progress.part(0, 0.4));
    dataset.validation = readPart(folder, variant.validation, variant, progress.part(0.4, 0.5));
    dataset.classNames = classNames(folder / variant.names, variant.classes);
    dataset.scaling = scalingFor(*dataset.train.stream, dataset.featureShape, dataset.labelShape,
                                 attributes.choice("normalise"), 255, dataset.train.size(), progress.part(0.5, 1));
    return dataset;
}
}  // namespace

DatasetSource cifarSource() {
    return {"cifar",
            "CIFAR",
            "CIFAR-10 or CIFAR-100 colour images, binary version, read from the files while training",
            {pathAttribute("folder", "Folder", "",
                           "The unpacked folder, such as cifar-10-batches-bin or cifar-100-binary."),
             choiceAttribute("variant", "Variant", "cifar-10", {"cifar-10", "cifar-100", "cifar-100-coarse"},
                             "Which dataset the folder holds; coarse: the 20 superclasses."),
             normaliseAttribute("standardise")},
            load};
}

}  // namespace gradlens
