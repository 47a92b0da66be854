// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/data/csv.h"
#include "core/data/preparation.h"
#include "core/data/sources/idx_dataset.h"
#include "core/data/sources/sources.h"

#include <algorithm>
#include <tuple>

namespace gradlens {

namespace {
constexpr std::int64_t kSide = 8;
constexpr float kMaximum = 16;  // strokes are counted in blocks of 4x4 pixels

Dataset load(const Attributes& attributes, const DatasetEnvironment& environment) {
    const auto file = environment.resourcesFolder / "datasets" / "digits.csv.gz";
    CsvOptions options;
    options.header = CsvOptions::Header::None;
    options.delimiter = ',';
    const CsvTable table = readCsv(file, options, Progress{&environment.progress});
    const std::int64_t samples = table.features.shape()[0];
    const auto values = table.features.as<const float>();
    if (table.features.shape()[1] != kSide * kSide ||
        std::ranges::any_of(values, [](float value) { return !(value >= 0 && value <= kMaximum); }))
        throw Error("does not hold the digits that come with the program", file.string(),
                    "Install the program's resources again.");

    DatasetPart all{Tensor(DType::UInt8, {samples, 1, kSide, kSide}), table.labels};
    std::ranges::transform(values, all.features.as<std::uint8_t>().begin(),
                           [](float value) { return static_cast<std::uint8_t>(value); });
    Dataset dataset;
    dataset.name = "Digits";
    dataset.classNames = table.classNames;
    std::tie(dataset.train, dataset.validation) = splitPart(all, attributes.real("validation"), environment.seed);
    finishImages(dataset, attributes.choice("normalise"), kMaximum);
    return dataset;
}
}  // namespace

DatasetSource digitsSource() {
    return {
        "digits",
        "Handwritten digits",
        "1,797 handwritten digits, 8x8 grey, ten classes; comes with the program [Alpaydin and Kaynak, UCI, CC BY 4.0]",
        {validationAttribute(0.2), normaliseAttribute("unit")},
        load};
}

}  // namespace gradlens
