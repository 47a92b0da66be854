// SPDX-License-Identifier: GPL-3.0-or-later
// Text and arithmetic: what the tokens and the labels are.
#include "core/data/dataset_source.h"
#include "support_errors.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace gradlens;

class TestTokenSources : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    DatasetEnvironment m_environment;

    std::shared_ptr<const Dataset> text(const QByteArray& content, Attributes attributes) {
        QFile file(m_folder.filePath("text.txt"));
        if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size())
            qFatal("cannot write the test file");
        file.close();
        attributes.set("file", std::string("text.txt"));
        if (attributes.find("validation") == nullptr) attributes.set("validation", 0.0);
        return loadDataset({"text", attributes, {}}, m_environment);
    }
    // Tokens as the text they stand for; a dot where a label does not count.
    std::string decoded(const Dataset& dataset, const std::vector<std::int32_t>& tokens) {
        std::string result;
        for (const std::int32_t token : tokens)
            result += token == kIgnoredLabel ? "_" : dataset.classNames[static_cast<std::size_t>(token)];
        return result;
    }
    std::pair<std::string, std::string> sample(const Dataset& dataset, const DatasetPart& part, std::int64_t index) {
        const Arena arena(1);
        Tensor features(DType::Int32, dataset.featureShape.withFront(1)),
            labels(DType::Int32, dataset.labelShape.withFront(1));
        const std::vector<std::int64_t> indices{index};
        gather(arena, dataset, part, indices, features.view(), labels.view());
        const auto f = features.as<const std::int32_t>(), l = labels.as<const std::int32_t>();
        return {decoded(dataset, {f.begin(), f.end()}), decoded(dataset, {l.begin(), l.end()})};
    }

private slots:
    void initTestCase() { m_environment.projectFolder = m_folder.path().toStdString(); }

    void labelsAreTheTextOneCharacterOn() {
        const auto dataset = text("hello world", {{"length", std::int64_t{4}}});
        QCOMPARE(dataset->train.size(), 2);
        QCOMPARE(sample(*dataset, dataset->train, 1), (std::pair<std::string, std::string>("o wo", " wor")));
        QCOMPARE(dataset->classNames.size(), std::size_t{8});
    }
    void windowsBeginAtEveryStride() {
        const auto dataset = text("abcdefgh", {{"length", std::int64_t{3}}, {"stride", std::int64_t{2}}});
        QCOMPARE(dataset->train.size(), 3);
        QCOMPARE(sample(*dataset, dataset->train, 2).second, std::string("fgh"));
    }
    void theEndOfTheTextIsKeptForValidation() {
        const auto dataset = text("aaaaabbbbb", {{"length", std::int64_t{2}}, {"validation", 0.5}});
        QCOMPARE(sample(*dataset, dataset->train, 0).first, std::string("aa"));
        QCOMPARE(sample(*dataset, dataset->validation, 0).first, std::string("bb"));
    }
    void charactersOfSeveralBytesAreOneToken() {
        const auto dataset = text("äöäö€\xff", {{"length", std::int64_t{3}}});
        QCOMPARE(sample(*dataset, dataset->train, 0).first, std::string("äöä"));
        QCOMPARE(dataset->classNames.size(), std::size_t{4});
    }
    void frequentPairsBecomeTokens() {
        const auto dataset =
            text("abababacab",
                 {{"tokens", std::string("byte_pairs")}, {"vocabulary", std::int64_t{4}}, {"length", std::int64_t{2}}});
        QCOMPARE(dataset->classNames.back(), std::string("ab"));
        QCOMPARE(sample(*dataset, dataset->train, 0).first, std::string("abab"));
    }
    void aTextShorterThanAWindowIsAFault() {
        const Error error = errorOf([&] { text("short", {}); });
        QVERIFY2(says(error, "text.txt") && says(error, "too few"), error.what());
    }
    void onlyTheAnswerOfASumCounts() {
        const auto dataset = loadDataset({"arithmetic", {{"samples", std::int64_t{200}}}, {}}, m_environment);
        for (std::int64_t i = 0; i < dataset->train.size(); ++i) {
            const auto [question, answer] = sample(*dataset, dataset->train, i);
            const std::size_t plus = question.find('+'), equals = question.find('=');
            const int expected = std::stoi(question.substr(0, plus)) + std::stoi(question.substr(plus + 1, equals));
            const std::string sum = std::to_string(expected) + ".";
            QCOMPARE(answer.substr(0, equals), std::string(equals, '_'));
            QCOMPARE(answer.substr(equals, sum.size()), sum);
            QVERIFY(answer.find_first_not_of('_', equals + sum.size()) == std::string::npos);
        }
    }
};

QTEST_GUILESS_MAIN(TestTokenSources)
#include "test_token_sources.moc"
