// SPDX-License-Identifier: GPL-3.0-or-later
// Sums to be worked out character by character: "12+7=19.", shorter ones filled up with dots.
#include "core/base/philox.h"
#include "core/data/preparation.h"
#include "core/data/sources/sources.h"

#include <algorithm>

namespace gradlens {

namespace {
constexpr std::string_view kTokens = "0123456789+-*=.";

Dataset load(const Attributes& attributes, const DatasetEnvironment& environment) {
    const std::int64_t samples = attributes.integer("samples"), digits = attributes.integer("digits");
    const std::string& operations = attributes.choice("operations");
    std::uint64_t bound = 1;
    for (std::int64_t i = 0; i < digits; ++i) bound *= 10;
    // Two numbers, the signs, the longest result with its sign, and a dot.
    const std::int64_t longest = operations.find('*') != std::string::npos ? 2 * digits : digits + 1;
    const std::int64_t length = 2 * digits + 2 + longest + 1;
    DatasetPart all{Tensor(DType::Int32, Shape{samples, length - 1}), Tensor(DType::Int32, Shape{samples, length - 1}),
                    nullptr, false};
    const auto features = all.features.as<std::int32_t>(), labels = all.labels.as<std::int32_t>();
    const Random random(environment.seed, RandomStream::Generate);
    for (std::int64_t i = 0; i < samples; ++i) {
        const auto draw = [&](std::uint64_t k, std::uint64_t below) {
            return static_cast<std::int64_t>(random.below(4 * static_cast<std::uint64_t>(i) + k, below));
        };
        const std::int64_t a = draw(0, bound), b = draw(1, bound);
        const char operation = operations[static_cast<std::size_t>(draw(2, operations.size()))];
        const std::int64_t result = operation == '+' ? a + b : operation == '-' ? a - b : a * b;
        std::string line = std::to_string(a) + operation + std::to_string(b) + "=";
        const auto question = static_cast<std::int64_t>(line.size());
        line += std::to_string(result) + ".";
        const auto end = static_cast<std::int64_t>(line.size());
        line.resize(static_cast<std::size_t>(length), '.');
        const auto token = [&](std::int64_t at) {
            return static_cast<std::int32_t>(kTokens.find(line[static_cast<std::size_t>(at)]));
        };
        for (std::int64_t t = 0; t + 1 < length; ++t) {
            const auto at = static_cast<std::size_t>(i * (length - 1) + t);
            features[at] = token(t);
            // The question is given; only the answer and the dot behind it count.
            labels[at] = t + 1 >= question && t + 1 < end ? token(t + 1) : kIgnoredLabel;
        }
    }
    Dataset dataset;
    dataset.name = "Arithmetic";
    dataset.featureShape = dataset.labelShape = Shape{length - 1};
    for (const char token : kTokens) dataset.classNames.emplace_back(1, token);
    std::tie(dataset.train, dataset.validation) = splitPart(all, attributes.real("validation"), environment.seed);
    return dataset;
}
}  // namespace

DatasetSource arithmeticSource() {
    return {"arithmetic",
            "Arithmetic",
            "Generated sums such as 12+7=19, character by character; only the answer counts",
            {integerAttribute("samples", "Samples", 20000, 10, 10000000, "How many sums to make, validation included."),
             integerAttribute("digits", "Digits", 2, 1, 6, "How many digits the numbers have at most."),
             choiceAttribute("operations", "Operations", "+", {"+", "+-", "+-*"}, "What is asked for."),
             validationAttribute(0.1)},
            load};
}

}  // namespace gradlens
