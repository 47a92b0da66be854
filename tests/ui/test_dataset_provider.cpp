// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/dataset_provider.h"

#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace gradlens;

class TestDatasetProvider : public QObject {
    Q_OBJECT

private:
    static constexpr const char* kResources = GRADLENS_SOURCE_DIR "/resources";

    static DatasetRequest spirals(std::int64_t samples) {
        return {{"spirals", {{"samples", AttributeValue(samples)}}}, {}, 1};
    }

private slots:
    void loadsOnAThreadOfItsOwn() {
        DatasetProvider provider(kResources);
        QSignalSpy loaded(&provider, &DatasetProvider::loaded);
        provider.request({{"digits", {}}, {}, 1});
        QCOMPARE(provider.state(), DatasetProvider::State::Loading);
        QVERIFY(provider.dataset() == nullptr);
        QTRY_COMPARE(loaded.count(), 1);
        QCOMPARE(provider.state(), DatasetProvider::State::Loaded);
        QCOMPARE(provider.dataset()->classNames.size(), std::size_t{10});
    }

    void whatIsThereIsNotLoadedAgain() {
        DatasetProvider provider(kResources);
        QSignalSpy loaded(&provider, &DatasetProvider::loaded);
        provider.request(spirals(100));
        QTRY_COMPARE(loaded.count(), 1);
        const auto first = provider.dataset();
        provider.request(spirals(100));
        QCOMPARE(loaded.count(), 1);
        provider.request(spirals(200));
        QTRY_COMPARE(loaded.count(), 2);
        QVERIFY(provider.dataset() != first);
        provider.request(spirals(100));  // still kept: at once
        QCOMPARE(loaded.count(), 3);
        QVERIFY(provider.dataset() == first);
    }

    void theFolderOfTheProjectCounts() {
        QTemporaryDir one, other;
        for (const auto& [folder, rows] : {std::pair{&one, 30}, std::pair{&other, 50}}) {
            QFile file(folder->filePath("table.csv"));
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write("a,b,kind\n");
            for (int row = 0; row < rows; ++row) file.write(row % 2 == 0 ? "1,2,yes\n" : "3,1,no\n");
        }
        DatasetProvider provider(kResources);
        QSignalSpy loaded(&provider, &DatasetProvider::loaded);
        const DatasetSpec spec{"csv", {{"path", AttributeValue(std::string("table.csv"))}}};
        provider.request({spec, one.path(), 1});
        QTRY_COMPARE(loaded.count(), 1);
        const auto size = [&] { return provider.dataset()->train.size() + provider.dataset()->validation.size(); };
        QCOMPARE(size(), 30);
        provider.request({spec, other.path(), 1});
        QTRY_COMPARE(loaded.count(), 2);
        QCOMPARE(size(), 50);
    }

    void aFaultIsSaidWithItsRemedy() {
        DatasetProvider provider(kResources);
        QSignalSpy failed(&provider, &DatasetProvider::failed), loaded(&provider, &DatasetProvider::loaded);
        provider.request({{"csv", {{"path", AttributeValue(std::string("nowhere.csv"))}}}, "/nonexistent", 1});
        QTRY_COMPARE(failed.count(), 1);
        QCOMPARE(provider.state(), DatasetProvider::State::Failed);
        QVERIFY2(provider.message().contains("nowhere.csv"), qPrintable(provider.message()));
        QVERIFY(provider.dataset() == nullptr);
        QCOMPARE(loaded.count(), 0);
    }

    void onlyTheLastOneAskedForArrives() {
        DatasetProvider provider(kResources);
        QSignalSpy loaded(&provider, &DatasetProvider::loaded);
        for (int samples = 100; samples <= 400; samples += 100) provider.request(spirals(samples));
        QTRY_COMPARE(loaded.count(), 1);
        QCOMPARE(provider.dataset()->train.size() + provider.dataset()->validation.size(), 400);
        QTest::qWait(20);  // what was cancelled has had its chance to be heard
        QCOMPARE(loaded.count(), 1);
    }

    void whatIsCancelledDoesNotArrive() {
        DatasetProvider provider(kResources);
        QSignalSpy loaded(&provider, &DatasetProvider::loaded), failed(&provider, &DatasetProvider::failed);
        provider.request(spirals(100));
        provider.cancel();
        QCOMPARE(provider.state(), DatasetProvider::State::Nothing);
        QVERIFY(!provider.current());
        provider.request(spirals(200));
        QTRY_COMPARE(loaded.count(), 1);
        QCOMPARE(provider.dataset()->train.size() + provider.dataset()->validation.size(), 200);
        QCOMPARE(failed.count(), 0);
    }

    void reloadingReadsTheFilesAgain() {
        QTemporaryDir folder;
        const auto write = [&](int rows) {
            QFile file(folder.filePath("table.csv"));
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write("a,b,kind\n");
            for (int row = 0; row < rows; ++row) file.write(row % 2 == 0 ? "1,2,yes\n" : "3,1,no\n");
        };
        write(20);
        DatasetProvider provider(kResources);
        QSignalSpy loaded(&provider, &DatasetProvider::loaded);
        provider.request({{"csv", {{"path", AttributeValue(std::string("table.csv"))}}}, folder.path(), 1});
        QTRY_COMPARE(loaded.count(), 1);
        write(40);
        provider.reload();
        QTRY_COMPARE(loaded.count(), 2);
        QCOMPARE(provider.dataset()->train.size() + provider.dataset()->validation.size(), 40);
    }

    void mayBeDestroyedWhileLoading() {
        DatasetProvider provider(kResources);
        provider.request({{"digits", {}}, {}, 1});
        QCOMPARE(provider.state(), DatasetProvider::State::Loading);
    }
};

QTEST_GUILESS_MAIN(TestDatasetProvider)
#include "test_dataset_provider.moc"
