// SPDX-License-Identifier: GPL-3.0-or-later
// Files that were cut, mixed up or made by an enemy: each gives a value or an Error, never a crash, and never more
// memory than a small file can account for.
#include "core/base/error.h"
#include "core/base/philox.h"
#include "core/io/atomic_file.h"
#include "core/io/events_file.h"
#include "core/io/json_text.h"
#include "core/io/project.h"
#include "core/io/safetensors.h"

#include <QTemporaryDir>
#include <QTest>

#include <sys/resource.h>

#include <fstream>
#include <functional>
#include <iterator>
#include <numeric>

using namespace gradlens;
namespace fs = std::filesystem;

namespace {
// One of: bytes changed, a stretch removed, doubled or cut off, a number or a bracket put in.
std::string mutated(std::string bytes, std::uint64_t seed) {
    const Random random(seed, RandomStream::Generate);
    std::uint64_t next = 0;
    const auto below = [&](std::uint64_t bound) {
        return static_cast<std::size_t>(random.below(next++, std::max<std::uint64_t>(bound, 1)));
    };
    static const std::vector<std::string> kTokens{"-1",
                                                  "0",
                                                  "18446744073709551615",
                                                  "9223372036854775808",
                                                  "1e308",
                                                  "null",
                                                  "[",
                                                  "]",
                                                  "{",
                                                  "}",
                                                  ",",
                                                  "\"",
                                                  "[[[[",
                                                  "\xff",
                                                  "\\u0000",
                                                  "true",
                                                  "1.5",
                                                  "\"a\":",
                                                  std::string(8, '\xff'),
                                                  std::string(8, '\0')};
    for (std::size_t edits = 1 + below(4); edits > 0 && !bytes.empty(); --edits) {
        const std::size_t at = below(bytes.size());
        switch (below(6)) {
            case 0:
                bytes[at] = static_cast<char>(below(256));
                break;
            case 1:
                bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
                break;
            case 2:
                bytes.erase(at, 1 + below(20));
                break;
            case 3:
                bytes.insert(at, bytes.substr(below(bytes.size()), 1 + below(60)));
                break;
            case 4:
                bytes.resize(at);
                break;
            default: {
                const std::string& token = kTokens[below(kTokens.size())];
                bytes.replace(at, below(3), token);
                break;
            }
        }
    }
    return bytes;
}

void write(const fs::path& file, const std::string& bytes) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

long peakMemoryKilobytes() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

struct Outcome {
    int values = 0, errors = 0;
    std::string last = {};  // the last Error
};

// Whatever is neither a value nor an Error ends the test.
Outcome tried(const std::string& seedFile, const fs::path& file, int cases, const std::function<void()>& read) {
    Outcome outcome;
    for (int i = 0; i < cases; ++i) {
        write(file, mutated(seedFile, static_cast<std::uint64_t>(i)));
        try {
            read();
            ++outcome.values;
        } catch (const Error& error) {
            outcome.last = error.what();
            ++outcome.errors;
        }
    }
    return outcome;
}
}  // namespace

class TestFuzzIo : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;
    fs::path m_file, m_seed;
    static constexpr long kMemory = 200'000;  // kB that may be added; the seeds have some hundred bytes

    std::string bytesOf(const fs::path& file) {
        std::ifstream in(file, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }

private slots:
    void initTestCase() {
        m_file = fs::path(m_folder.path().toStdString()) / "case";
        m_seed = fs::path(m_folder.path().toStdString()) / "seed";
    }

    void safetensors() {
        Tensor weight = Tensor::zeros(DType::Float32, {3, 4}), labels = Tensor::zeros(DType::Int32, {2});
        writeSafetensors(m_seed, std::vector<NamedTensor>{{"conv1.weight", weight.view()}, {"labels", labels.view()}},
                         {{"step", "12"}});
        const long before = peakMemoryKilobytes();
        const Outcome outcome = tried(bytesOf(m_seed), m_file, 400, [&] { readSafetensors(m_file); });
        QVERIFY2(outcome.errors > 0 && outcome.values > 0, qPrintable(QString("%1 values, %2 errors, last: %3")
                                                                          .arg(outcome.values)
                                                                          .arg(outcome.errors)
                                                                          .arg(outcome.last.c_str())));
        QVERIFY(peakMemoryKilobytes() - before < kMemory);
    }

    void projects() {
        Project project;
        project.name = "seed";
        for (const char* op : {"Input", "ReLU", "Add", "Unheard"}) {
            Node node;
            node.op = op;
            node.attributes = {
                {"kernel", IntegerList{3, 3}}, {"rate", 0.5}, {"bias", true}, {"mode", std::string("same")}};
            project.graph.add(node);
        }
        const auto ids = project.graph.nodes();
        project.graph.connect({{ids[0].id, 0}, {ids[1].id, 0}});
        project.graph.connect({{ids[1].id, 0}, {ids[2].id, 0}});
        project.graph.connect({{ids[0].id, 0}, {ids[2].id, 1}});
        project.graph.connect({{ids[2].id, 0}, {ids[3].id, 0}});
        saveProject(project, m_seed, opCatalogue());
        QVERIFY(loadProject(m_seed, opCatalogue()) == project);
        const long before = peakMemoryKilobytes();
        const Outcome outcome = tried(bytesOf(m_seed), m_file, 400, [&] {
            const Project read = loadProject(m_file, opCatalogue());
            // What could be read can be written and read again.
            if (!(projectFromJson(toJson(read, opCatalogue()), opCatalogue(), "") == read))
                throw std::logic_error("a project changed on its way");
        });
        QVERIFY2(outcome.errors > 0 && outcome.values > 0, qPrintable(QString("%1 values, %2 errors, last: %3")
                                                                          .arg(outcome.values)
                                                                          .arg(outcome.errors)
                                                                          .arg(outcome.last.c_str())));
        QVERIFY(peakMemoryKilobytes() - before < kMemory);
    }

    void eventFiles() {
        {
            EventsWriter writer(m_seed.string() + ".tfevents");
            for (std::int64_t step = 0; step < 6; ++step) writer.scalar("train/loss", step, 1.7e9, 0.5);
        }
        const long before = peakMemoryKilobytes();
        const Outcome outcome = tried(bytesOf(m_seed.string() + ".tfevents"), m_file, 400, [&] {
            if (readEvents(m_file).scalars.size() > 100)
                throw std::logic_error("more scalars than a small file can hold");
        });
        QVERIFY2(outcome.errors > 0 && outcome.values > 0, qPrintable(QString("%1 values, %2 errors, last: %3")
                                                                          .arg(outcome.values)
                                                                          .arg(outcome.errors)
                                                                          .arg(outcome.last.c_str())));
        QVERIFY(peakMemoryKilobytes() - before < kMemory);
    }

    void everyTruncationOfASafetensorsFileIsAnError() {
        Tensor weight = Tensor::zeros(DType::Float32, {3, 4});
        writeSafetensors(m_seed, std::vector<NamedTensor>{{"w", weight.view()}});
        const std::string whole = bytesOf(m_seed);
        for (std::size_t length = 0; length < whole.size(); ++length) {
            write(m_file, whole.substr(0, length));
            QVERIFY_THROWS_EXCEPTION(Error, readSafetensors(m_file));
        }
    }

    void jsonThatExplodesIsStopped_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("deep lists") << QByteArray(4'000'000, '[');
        QTest::newRow("deep objects") << QByteArray("{\"a\":").repeated(500'000);
        QTest::newRow("very many values") << "[" + QByteArray("0,").repeated(9'000'000) + "0]";
        QByteArray keys = "{";
        for (int i = 0; i < 300'000; ++i) keys += "\"k" + QByteArray::number(i) + "\":0,";
        QTest::newRow("very many keys") << keys + "\"z\":0}";
        QTest::newRow("very many empty objects") << "[" + QByteArray("{},").repeated(5'000'000) + "[[[";
    }
    void jsonThatExplodesIsStopped() {
        QFETCH(QByteArray, text);
        QVERIFY_THROWS_EXCEPTION(Error, parseJson({text.constData(), static_cast<std::size_t>(text.size())}, "test"));
        QVERIFY(peakMemoryKilobytes() < 1'500'000);
    }

    void aLongTextIsNotRepeatedInTheMessage() {
        try {
            parseJson("[\"" + std::string(1'000'000, 'x'), "test");
            QFAIL("no Error");
        } catch (const Error& error) {
            QVERIFY(std::string_view(error.what()).size() < 600);
        }
    }
};

QTEST_GUILESS_MAIN(TestFuzzIo)
#include "test_fuzz_io.moc"
