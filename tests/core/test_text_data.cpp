// SPDX-License-Identifier: GPL-3.0-or-later
// Texts and generated sums as tokens.
#include "core/base/error.h"
#include "core/data/dataset_source.h"
#include "support_networks.h"

#include <QTemporaryDir>

#include <fstream>

using namespace gradlens;
using namespace gradlens::test;

namespace {
Attributes with(std::initializer_list<Attributes::Entry> entries) {
    return Attributes(entries);
}

std::string decoded(const Dataset& dataset, const std::vector<std::int32_t>& tokens) {
    std::string text;
    for (const std::int32_t token : tokens) text += token < 0 ? "_" : dataset.classNames[static_cast<std::size_t>(token)];
    return text;
}

struct Sample {
    std::vector<std::int32_t> features, labels;
};

Sample sampleOf(const Dataset& dataset, const DatasetPart& part, std::int64_t index) {
    const Arena arena(1);
    const auto length = static_cast<std::size_t>(dataset.featureShape.elements());
    Tensor features(DType::Int32, dataset.featureShape.withFront(1)), labels(DType::Int32, dataset.labelShape.withFront(1));
    gather(arena, dataset, part, std::vector<std::int64_t>{index}, features.view(), labels.view());
    Sample sample{std::vector<std::int32_t>(length), std::vector<std::int32_t>(length)};
    std::ranges::copy(features.as<const std::int32_t>(), sample.features.begin());
    std::ranges::copy(labels.as<const std::int32_t>(), sample.labels.begin());
    return sample;
}
}  // namespace

class TestTextData : public QObject {
    Q_OBJECT

private slots:
    void windowsOfCharactersAndWhatFollows() {
        const auto dataset = text("hello world, hello moon", {{"length", AttributeValue(std::int64_t{5})}, {"stride", AttributeValue(std::int64_t{2})}, {"validation", AttributeValue(0.3)}});
        const Sample sample = sampleOf(*dataset, dataset->train, 1);
        QCOMPARE(decoded(*dataset, sample.features), std::string("llo w"));
        QCOMPARE(decoded(*dataset, sample.labels), std::string("lo wo"));
        // 16 of 23 characters to train on: windows begin at 0, 2, ... 10.
        QCOMPARE(dataset->train.size(), 6);
        QCOMPARE(decoded(*dataset, sampleOf(*dataset, dataset->validation, 0).features), std::string("llo m"));
    }
    void charactersBeyondAsciiAreOne() {
        const auto dataset = text("größe größe größe", {{"length", AttributeValue(std::int64_t{4})}, {"validation", AttributeValue(0.0)}});
        QCOMPARE(dataset->classNames.size(), std::size_t{6});  // blank, e, g, r, ß, ö
        QCOMPARE(decoded(*dataset, sampleOf(*dataset, dataset->train, 0).features), std::string("größ"));
    }
    void bytePairsMergeWhatIsFrequentAndKeepTheText() {
        const std::string original = "abababab cd ababab cd abab";
        const auto dataset = text(original, {{"tokens", AttributeValue(std::string("byte_pairs"))}, {"vocabulary", AttributeValue(std::int64_t{7})}, {"length", AttributeValue(std::int64_t{3})},
                                             {"validation", AttributeValue(0.0)}});
        QVERIFY(std::ranges::find(dataset->classNames, "ab") != dataset->classNames.end());
        QVERIFY(original.starts_with(decoded(*dataset, sampleOf(*dataset, dataset->train, 0).features)));
    }
    void tooShortATextSaysSo() {
        try {
            text("short", {});
            QFAIL("nothing was said");
        } catch (const Error& error) {
            QVERIFY2(QString(error.what()).contains("too few for windows of 64"), error.what());
        }
    }
    void aTextThatIsNotThereSaysSo() {
        QVERIFY_THROWS_EXCEPTION(Error, loadDataset({"text", with({{"file", AttributeValue(std::string("/no/such/text"))}}), {}}, {}));
    }
    void onlyTheAnswersOfSumsCount() {
        const auto dataset = loadDataset({"arithmetic", with({{"samples", AttributeValue(std::int64_t{200})}}), {}}, {{}, {}, 1, {}});
        for (std::int64_t i = 0; i < dataset->train.size(); ++i) {
            const Sample sample = sampleOf(*dataset, dataset->train, i);
            const std::string question = decoded(*dataset, sample.features), answer = decoded(*dataset, sample.labels);
            const auto equals = question.find('='), plus = question.find('+');
            const std::string sum = std::to_string(std::stol(question.substr(0, plus)) + std::stol(question.substr(plus + 1, equals - plus - 1))) + ".";
            QCOMPARE(answer.substr(0, equals), std::string(equals, '_'));
            QCOMPARE(answer.substr(equals, sum.size()), sum);
            QVERIFY(answer.find_first_not_of('_', equals + sum.size()) == std::string::npos);
        }
    }

private:
    std::shared_ptr<const Dataset> text(const std::string& content, std::initializer_list<Attributes::Entry> attributes) {
        const auto file = std::filesystem::path(m_folder.path().toStdString()) / "text.txt";
        std::ofstream(file) << content;
        Attributes all(attributes);
        all.set("file", file.string());
        return loadDataset({"text", all, {}}, {});
    }
    QTemporaryDir m_folder;
};

QTEST_GUILESS_MAIN(TestTextData)
#include "test_text_data.moc"
