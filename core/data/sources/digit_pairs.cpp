// SPDX-License-Identifier: GPL-3.0-or-later
// Pairs of the digits that come with the program, one above the other as two channels: are they the same digit?
#include "core/base/philox.h"
#include "core/data/preparation.h"
#include "core/data/sources/sources.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace gradlens {

namespace {
// Which images a pair may be made of: all of them, in the order of their classes.
class Choice {
public:
    explicit Choice(const DatasetPart& digits) : m_labels(digits.labels.as<const std::int32_t>()) {
        m_order.resize(m_labels.size());
        std::iota(m_order.begin(), m_order.end(), std::size_t{0});
        std::ranges::sort(m_order, {}, [&](std::size_t image) { return std::pair(m_labels[image], image); });
    }

    struct Pair {
        std::size_t first, second;
        bool same;
    };
    // Pair i is a pure function of the sequence: every second one is of the same class, as far as there are images.
    Pair pair(const Random& random, std::uint64_t i) const {
        const auto all = m_order.size();
        const std::size_t place = random.below(2 * i, all);
        const std::size_t first = m_order[place];
        const auto [begin, end] =
            std::ranges::equal_range(m_order, m_labels[first], {}, [&](std::size_t image) { return m_labels[image]; });
        const auto start = static_cast<std::size_t>(begin - m_order.begin()),
                   alike = static_cast<std::size_t>(end - begin);
        const bool same = alike == all || (alike > 1 && i % 2 == 1);
        std::size_t second = place;
        if (same && alike > 1) {
            second = start + random.below(2 * i + 1, alike - 1);
            second += second >= place ? 1 : 0;  // not the image itself
        } else if (!same) {
            second = random.below(2 * i + 1, all - alike);
            second += second >= start ? alike : 0;  // past those of its class
        }
        return {first, m_order[second], same};
    }

private:
    std::span<const std::int32_t> m_labels;
    std::vector<std::size_t> m_order;
};

DatasetPart pairsOf(const DatasetPart& digits, std::int64_t count, const Random& random) {
    if (digits.size() == 0) return {};
    const Shape image = digits.features.shape().slice(2);
    DatasetPart pairs{Tensor(DType::UInt8, Shape{count, 2, image[0], image[1]}), Tensor(DType::Int32, Shape{count})};
    const auto bytes = static_cast<std::size_t>(image.elements());
    const std::uint8_t* const from = digits.features.as<const std::uint8_t>().data();
    std::uint8_t* to = pairs.features.as<std::uint8_t>().data();
    const Choice choice(digits);
    for (std::int64_t i = 0; i < count; ++i) {
        const Choice::Pair pair = choice.pair(random, static_cast<std::uint64_t>(i));
        for (const std::size_t half : {pair.first, pair.second}) {
            std::memcpy(to, from + half * bytes, bytes);
            to += bytes;
        }
        pairs.labels.as<std::int32_t>()[static_cast<std::size_t>(i)] = pair.same ? 1 : 0;
    }
    return pairs;
}

Dataset load(const Attributes& attributes, const DatasetEnvironment& environment) {
    const DatasetSource source = digitsSource();
    Attributes ofDigits;
    for (const AttributeSpec& spec : source.attributes) ofDigits.set(spec.name, *attributes.find(spec.name));
    const Dataset digits = source.load(ofDigits, environment);
    const auto count = attributes.integer("pairs");
    const auto held = std::llround(attributes.real("validation") * static_cast<double>(count));
    Dataset dataset;
    dataset.name = "Digit pairs";
    dataset.featureShape = digits.featureShape;
    dataset.featureShape.set(0, 2);
    dataset.classNames = {"different", "same"};
    dataset.scaling = digits.scaling;
    // No image is in pairs of both parts.
    const auto random = [&](std::uint64_t part) { return Random(environment.seed, RandomStream::Generate, part); };
    dataset.train = pairsOf(digits.train, std::max<std::int64_t>(count - held, 1), random(0));
    dataset.validation = pairsOf(digits.validation, std::max<std::int64_t>(held, 1), random(1));
    return dataset;
}
}  // namespace

DatasetSource digitPairsSource() {
    return {"digit-pairs",
            "Pairs of digits",
            "Pairs of the handwritten digits that come with the program, as two channels: the same digit or different "
            "ones",
            {integerAttribute("pairs", "Pairs", 8000, 2, 1000000, "How many pairs to make, validation included."),
             validationAttribute(0.2), normaliseAttribute("unit")},
            load};
}

}  // namespace gradlens
