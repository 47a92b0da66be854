// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/io/atomic_file.h"
#include "core/io/project.h"
#include "tests/core/support_errors.h"

#include <QTemporaryDir>
#include <QTest>

#include <functional>
#include <limits>

using namespace gradlens;
namespace fs = std::filesystem;

namespace {
Project example() {
    Project project;
    project.name = "Two layers — \"quoted\"";
    project.description = "First line\nsecond line";
    Node node;
    node.op = "ReLU";
    node.name = "relu1";
    node.position = {40, 80.5};
    const NodeId first = project.graph.add(node);
    node.name = "relu2";
    const NodeId second = project.graph.add(node);
    project.graph.connect({{first, 0}, {second, 0}});
    project.data = {"spirals", {{"samples", std::int64_t{500}}, {"noise", 0.05}}};
    project.training = {
        {"SGD", {{"learning_rate", 0.1}, {"nesterov", true}}}, 128, 3, std::numeric_limits<std::uint64_t>::max()};
    return project;
}
}  // namespace

class TestProject : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;
    fs::path m_file;

    Error errorOfLoading(const std::string& text) {
        writeFileAtomically(m_file, text);
        return errorOf([&] { loadProject(m_file, opCatalogue()); });
    }

private slots:
    void init() {
        m_file = fs::path(m_folder.path().toStdString()) / (std::string(QTest::currentTestFunction()) + ".gradlens");
    }

    void aProjectComesBackAsItWasSaved() {
        saveProject(example(), m_file, opCatalogue());
        QVERIFY(loadProject(m_file, opCatalogue()) == example());
    }

    void aProjectComesBackWithoutGoingThroughText() {
        QVERIFY(projectFromJson(toJson(example(), opCatalogue()), opCatalogue(), "") == example());
    }

    void savingTwiceWritesTheSameBytes() {
        saveProject(example(), m_file, opCatalogue());
        const std::string first = readFile(m_file, 1 << 20);
        saveProject(loadProject(m_file, opCatalogue()), m_file, opCatalogue());
        QCOMPARE(readFile(m_file, 1 << 20), first);
    }

    void aNodeIsALineOfTheFile() {
        saveProject(example(), m_file, opCatalogue());
        const std::string text = readFile(m_file, 1 << 20);
        QVERIFY2(text.find("\n      {\"id\": 1, \"name\": \"relu1\", \"op\": \"ReLU\", \"position\": [40, 80.5]},\n") !=
                     std::string::npos,
                 text.c_str());
    }

    void whatAFileLeavesOutHasItsDefault() {
        writeFileAtomically(m_file, R"({"gradlens":1,"graph":{"nodes":[]}})");
        QVERIFY(loadProject(m_file, opCatalogue()) == Project());
    }

    void keysOfOthersAreIgnored() {
        writeFileAtomically(m_file, R"({"gradlens":1,"graph":{"nodes":[]},"notes":{"mine":true}})");
        QVERIFY(loadProject(m_file, opCatalogue()) == Project());
    }

    void textThatIsNotUtf8IsSavedReadably() {
        Project project = example();
        project.description = "caf\xe9";
        saveProject(project, m_file, opCatalogue());
        QCOMPARE(loadProject(m_file, opCatalogue()).description, std::string("caf\xef\xbf\xbd"));
    }

    void aSaveThatFailsLeavesTheOldFile() {
        saveProject(example(), m_file, opCatalogue());
        fs::create_directory(m_file.parent_path() / ("." + m_file.filename().string() + ".part"));
        Project other = example();
        other.name = "other";
        const Error error = errorOf([&] { saveProject(other, m_file, opCatalogue()); });
        QVERIFY2(says(error, "cannot be written"), error.what());
        QVERIFY(loadProject(m_file, opCatalogue()) == example());
    }

    void faultsNameFileAndPlace_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("place");
        QTest::addColumn<QString>("words");
        const auto row = [](const char* name, const char* text, const char* place, const char* words) {
            QTest::newRow(name) << QString(text) << QString(place) << QString(words);
        };
        row("empty file", "", "", "is not valid JSON (line 1, column 1: unexpected end of input");
        row("cut short", "{\"gradlens\": 1,\n \"graph\": {\"nodes\": [", "",
            "line 2, column 22: unexpected end of input");
        row("a stray comma", "{\n  \"gradlens\": 1,,\n}", "", "line 2, column 17: unexpected ','");
        row("a number too large for JSON", R"({"gradlens":1e999})", "", "number overflow");
        row("nested without end", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "", "nested more than 32 deep");
        row("a key twice", R"({"gradlens":1,"gradlens":2})", "", "the key \"gradlens\" is there twice");
        row("a list", "[]", "", "is not a Gradlens project");
        row("another format", R"({"layers":[]})", "", "is not a Gradlens project");
        row("format is text", R"({"gradlens":"1"})", "", "is not a Gradlens project");
        row("format 0", R"({"gradlens":0})", "", "is not a Gradlens project");
        row("newer", R"({"gradlens":2})", "",
            "was saved by a newer Gradlens (format 2; this one reads up to 1). Update Gradlens");
        row("far newer", R"({"gradlens":18446744073709551615})", "", "was saved by a newer Gradlens");
        row("no graph", R"({"gradlens":1})", "", "has no \"graph\"");
        row("fault in the graph",
            R"({"gradlens":1,"graph":{"nodes":[{"id":1,"name":"a","op":"ReLU","attributes":{"kernel":{}}}]}})",
            ": graph.nodes[0].attributes.kernel", "must be");
        row("name is a number", R"({"gradlens":1,"name":3,"graph":{"nodes":[]}})", ": name", "must be text, got 3");
        row("data without source", R"({"gradlens":1,"graph":{"nodes":[]},"data":{}})", ": data", "has no \"source\"");
        row("data attribute", R"({"gradlens":1,"graph":{"nodes":[]},"data":{"source":"idx","attributes":{"x":null}}})",
            ": data.attributes.x", "must be");
        row("optimizer is text", R"({"gradlens":1,"graph":{"nodes":[]},"training":{"optimizer":"SGD"}})",
            ": training.optimizer", "must be an object {...}, got \"SGD\"");
        row("batch of 0", R"({"gradlens":1,"graph":{"nodes":[]},"training":{"batch_size":0}})", ": training.batch_size",
            "between 1 and 1000000, got 0");
        row("half a batch", R"({"gradlens":1,"graph":{"nodes":[]},"training":{"batch_size":0.5}})",
            ": training.batch_size", "whole number, got 0.5");
        row("too many epochs", R"({"gradlens":1,"graph":{"nodes":[]},"training":{"epochs":1000001}})",
            ": training.epochs", "got 1000001");
        row("negative seed", R"({"gradlens":1,"graph":{"nodes":[]},"training":{"seed":-1}})", ": training.seed",
            "got -1");
    }
    void faultsNameFileAndPlace() {
        QFETCH(QString, text);
        QFETCH(QString, place);
        QFETCH(QString, words);
        const Error error = errorOfLoading(text.toStdString());
        QCOMPARE(QString::fromStdString(error.where()), QString::fromStdString(m_file.string()) + place);
        QVERIFY2(says(error, words.toStdString()), error.what());
    }

    void aFilePastTheLimitIsRefused() {
        writeFileAtomically(m_file, "{");
        fs::resize_file(m_file, 65ull << 20);
        const Error error = errorOf([&] { loadProject(m_file, opCatalogue()); });
        QVERIFY2(says(error, "too large"), error.what());
    }

    void aMissingFileIsNamed() {
        const Error error = errorOf([&] { loadProject(m_file, opCatalogue()); });
        QVERIFY2(says(error, m_file.string()) && says(error, "no such file"), error.what());
    }

    void everyExampleProjectIsReadAndSavedUnchanged() {
        int examples = 0;
        for (const auto& entry : fs::directory_iterator(fs::path(GRADLENS_SOURCE_DIR) / "resources" / "examples")) {
            if (entry.path().extension() != ".gradlens") continue;
            const Project project = loadProject(entry.path(), opCatalogue());
            saveProject(project, m_file, opCatalogue());
            QVERIFY2(loadProject(m_file, opCatalogue()) == project, entry.path().c_str());
            ++examples;
        }
        if (examples == 0) QSKIP("there are no example projects in resources/examples");
    }
};

QTEST_GUILESS_MAIN(TestProject)
#include "test_project.moc"
