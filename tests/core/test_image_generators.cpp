// SPDX-License-Identifier: GPL-3.0-or-later
// Sources that make images: shapes with a label for each pixel, and pairs of digits.
#include "core/data/dataset_source.h"
#include "support_errors.h"
#include "support_networks.h"

#include <QTest>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <vector>

using namespace gradlens;
using namespace gradlens::test;

namespace {
std::shared_ptr<const Dataset> load(const char* source, Attributes attributes = {}, std::uint64_t seed = 1) {
    return loadDataset({source, std::move(attributes), {}}, {{}, resourcesFolder(), seed, {}});
}

struct Sample {
    std::vector<std::uint8_t> pixels;
    std::vector<std::int32_t> labels;
    friend bool operator==(const Sample&, const Sample&) = default;
};

Sample read(const Dataset& dataset, std::int64_t index) {
    Sample sample{std::vector<std::uint8_t>(static_cast<std::size_t>(dataset.featureShape.elements())),
                  std::vector<std::int32_t>(static_cast<std::size_t>(dataset.labelShape.elements()))};
    dataset.train.stream->read(index, sample.pixels.data(), sample.labels.data());
    return sample;
}

Attributes with(std::initializer_list<Attributes::Entry> entries) {
    return Attributes(entries);
}

// The images of a part, each as its bytes.
std::set<std::vector<std::uint8_t>> imagesOf(const DatasetPart& pairs) {
    const auto pixels = pairs.features.as<const std::uint8_t>();
    std::set<std::vector<std::uint8_t>> images;
    for (std::size_t at = 0; at < pixels.size(); at += 64)
        images.emplace(pixels.begin() + static_cast<std::ptrdiff_t>(at),
                       pixels.begin() + static_cast<std::ptrdiff_t>(at + 64));
    return images;
}

std::vector<std::int32_t> labelsOf(const DatasetPart& part) {
    const auto labels = part.labels.as<const std::int32_t>();
    return {labels.begin(), labels.end()};
}
}  // namespace

class TestImageGenerators : public QObject {
    Q_OBJECT

private slots:
    void shapesHaveALabelForEachPixel() {
        const auto dataset = load("shapes", with({{"samples", std::int64_t{50}}, {"size", std::int64_t{24}}}));
        QVERIFY((dataset->featureShape == Shape{1, 24, 24}));
        QVERIFY((dataset->labelShape == Shape{24, 24}));
        QCOMPARE(dataset->train.size() + dataset->validation.size(), std::int64_t{50});
        QCOMPARE(dataset->classNames.size(), std::size_t{3});
    }
    void everyImageShowsAShapeAndSomeGround() {
        const auto dataset = load("shapes");
        std::set<std::int32_t> seen;
        for (std::int64_t i = 0; i < 100; ++i) {
            const Sample sample = read(*dataset, i);
            QVERIFY(std::ranges::count(sample.labels, 0) > 0);
            QVERIFY(std::ranges::count(sample.labels, 0) < std::ssize(sample.labels));
            seen.insert(sample.labels.begin(), sample.labels.end());
        }
        QVERIFY((seen == std::set<std::int32_t>{0, 1, 2}));
    }
    void withoutNoiseShapesAreBrighterThanTheirGround() {
        const auto dataset = load("shapes", with({{"noise", 0.0}}));
        for (std::int64_t i = 0; i < 50; ++i) {
            const Sample sample = read(*dataset, i);
            int ground = 0, darkest = 255;
            for (std::size_t p = 0; p < sample.pixels.size(); ++p)
                if (sample.labels[p] == 0)
                    ground = std::max<int>(ground, sample.pixels[p]);
                else
                    darkest = std::min<int>(darkest, sample.pixels[p]);
            QVERIFY2(darkest > ground + 40, qPrintable(QString("image %1").arg(i)));
        }
    }
    void aShapeIsAFunctionOfItsSeedAndNumber() {
        const auto one = load("shapes"), again = load("shapes"), other = load("shapes", {}, 2);
        QVERIFY(read(*one, 7) == read(*again, 7));
        QVERIFY(read(*one, 7) != read(*one, 8));
        QVERIFY(read(*one, 7) != read(*other, 7));
    }
    void labelsAloneAreThoseThatComeWithTheImage() {
        const auto dataset = load("shapes");
        std::vector<std::int32_t> labels(static_cast<std::size_t>(dataset->labelShape.elements()));
        dataset->train.stream->readLabels(3, labels.data());
        QVERIFY(labels == read(*dataset, 3).labels);
    }
    void whatMovesPixelsIsRefusedWhereLabelsAreMaps_data() {
        QTest::addColumn<QString>("transform");
        for (const char* name : {"flip", "crop", "rotate"}) QTest::newRow(name) << name;
    }
    void whatMovesPixelsIsRefusedWhereLabelsAreMaps() {
        QFETCH(QString, transform);
        const Error error = errorOf([&] { loadDataset({"shapes", {}, {{transform.toStdString(), {}}}}, {}); });
        QVERIFY2(says(error, "labels of Shapes are maps"), error.what());
    }
    void whatLeavesPixelsWhereTheyAreIsNot() {
        QCOMPARE(loadDataset({"shapes", {}, {{"cutout", {}}}}, {})->transforms.size(), std::size_t{1});
    }

    void pairsAreTwoDigitsAndWhetherTheyAreTheSame() {
        const auto dataset = load("digit-pairs", with({{"pairs", std::int64_t{1000}}}));
        QVERIFY((dataset->featureShape == Shape{2, 8, 8}));
        QCOMPARE(dataset->train.size(), std::int64_t{800});
        QCOMPARE(dataset->validation.size(), std::int64_t{200});
        QCOMPARE(std::ranges::count(labelsOf(dataset->train), 1), std::ptrdiff_t{400});
    }
    void aPairIsTheSameWhereBothLabelsAre() {
        // The labels of the single digits, by their image; images that stand under two labels do not count.
        const auto digits = load("digits"), pairs = load("digit-pairs");
        std::map<std::vector<std::uint8_t>, std::set<std::int32_t>> labels;
        const auto pixels = digits->train.features.as<const std::uint8_t>();
        for (std::int64_t i = 0; i < digits->train.size(); ++i)
            labels[std::vector(pixels.begin() + i * 64, pixels.begin() + (i + 1) * 64)].insert(
                digits->train.labels.as<const std::int32_t>()[static_cast<std::size_t>(i)]);
        const auto both = pairs->train.features.as<const std::uint8_t>();
        const auto same = labelsOf(pairs->train);
        for (std::int64_t i = 0; i < pairs->train.size(); ++i) {
            const auto at = both.begin() + i * 128;
            const auto &first = labels.at(std::vector(at, at + 64)),
                       &second = labels.at(std::vector(at + 64, at + 128));
            if (first.size() == 1 && second.size() == 1)
                QCOMPARE(same[static_cast<std::size_t>(i)] == 1, *first.begin() == *second.begin());
        }
    }
    void noImageIsInPairsOfBothParts() {
        const auto pairs = load("digit-pairs");
        // The digits themselves hold some images twice.
        const auto digits = load("digits");
        const auto common = [](const DatasetPart& a, const DatasetPart& b) {
            const auto first = imagesOf(a), second = imagesOf(b);
            std::vector<std::vector<std::uint8_t>> both;
            std::ranges::set_intersection(first, second, std::back_inserter(both));
            return both.size();
        };
        QVERIFY(common(pairs->train, pairs->validation) <= common(digits->train, digits->validation));
    }
    void pairsAreAFunctionOfTheSeed() {
        const auto one = load("digit-pairs"), again = load("digit-pairs"), other = load("digit-pairs", {}, 2);
        QVERIFY(sameBytes(one->train.features.view(), again->train.features.view()));
        QVERIFY(!sameBytes(one->train.features.view(), other->train.features.view()));
    }
    void aFewDigitsKeptForValidationStillMakePairs() {
        // 0.1 % of 1,797 images are two.
        const auto pairs = load("digit-pairs", with({{"validation", 0.001}, {"pairs", std::int64_t{5000}}}));
        QCOMPARE(pairs->validation.size(), std::int64_t{5});
        const auto none = load("digit-pairs", with({{"validation", 0.0}}));
        QCOMPARE(none->validation.size(), std::int64_t{0});
    }
};

QTEST_GUILESS_MAIN(TestImageGenerators)
#include "test_image_generators.moc"
