// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/train/journal.h"

#include <QTemporaryDir>
#include <QTest>

#include <fstream>
#include <unistd.h>

using namespace gradlens;
using What = JournalEntry::What;

namespace {
struct Folder {
    QTemporaryDir folder;
    std::filesystem::path file = std::filesystem::path(folder.path().toStdString()) / "journal.jsonl";
    void append(const std::string& text) const { std::ofstream(file, std::ios::app | std::ios::binary) << text; }
};

std::vector<std::pair<std::int64_t, double>> ratesIn(const Journal& journal) {
    std::vector<std::pair<std::int64_t, double>> rates;
    for (const JournalEntry& entry : journal.entries())
        if (entry.what == What::LearningRate) rates.emplace_back(entry.step, entry.value);
    return rates;
}
using Rates = std::vector<std::pair<std::int64_t, double>>;
}  // namespace

class TestJournal : public QObject {
    Q_OBJECT

private slots:
    void entriesComeBackExactly() {
        const Folder folder;
        Journal journal(folder.file);
        journal.append({What::Start, 0, 0});
        journal.append({What::LearningRate, 7, 0.1 + 0.2});
        const auto entries = Journal(folder.file).entries();
        QCOMPARE(entries.size(), std::size_t{2});
        QCOMPARE(entries[0].what, What::Start);
        QCOMPARE(entries[1].step, std::int64_t{7});
        QVERIFY(entries[1].value == 0.1 + 0.2);
    }
    void aJournalThatIsNotThereIsEmpty() {
        const Folder folder;
        QVERIFY(Journal(folder.file).entries().empty());
    }
    void aCutLastLineIsPassedOver() {
        const Folder folder;
        Journal journal(folder.file);
        journal.append({What::LearningRate, 3, 0.5});
        folder.append("{\"step\":9,\"what\":\"learning_ra");
        QCOMPARE(ratesIn(journal), (Rates{{3, 0.5}}));
    }
    void aCutLineDoesNotSwallowTheNext() {
        const Folder folder;
        Journal journal(folder.file);
        folder.append("{\"step\":9,\"what\":\"learning_ra");
        journal.append({What::LearningRate, 10, 0.25});
        QCOMPARE(ratesIn(journal), (Rates{{10, 0.25}}));
    }
    void linesThatMakeNoSenseArePassedOver() {
        const Folder folder;
        const Journal journal(folder.file);
        folder.append(
            "\n[]\n{\"step\":\"x\",\"what\":\"start\"}\n{\"step\":1,\"what\":\"other\"}\n{\"step\":1,\"what\":"
            "\"learning_rate\"}\n{\"step\":2,\"what\":\"learning_rate\",\"value\":0.5}\n");
        QCOMPARE(journal.entries().size(), std::size_t{1});
        QCOMPARE(ratesIn(journal), (Rates{{2, 0.5}}));
    }
    void aResumeDropsWhatItUndid() {
        const Folder folder;
        Journal journal(folder.file);
        journal.append({What::LearningRate, 5, 0.5});
        journal.append({What::LearningRate, 10, 0.4});
        journal.append({What::LearningRate, 15, 0.3});
        journal.append({What::Resume, 10, 0});
        journal.append({What::LearningRate, 12, 0.2});
        QCOMPARE(ratesIn(journal), (Rates{{5, 0.5}, {10, 0.4}, {12, 0.2}}));
    }
    void aJournalThatCannotBeWrittenSaysSo() {
        Journal journal("/proc/gradlens/journal.jsonl");
        QVERIFY_THROWS_EXCEPTION(Error, journal.append({What::Start, 0, 0}));
    }
};

QTEST_GUILESS_MAIN(TestJournal)
#include "test_journal.moc"
