// SPDX-License-Identifier: GPL-3.0-or-later
// The contract of `gradlens-cli bench`.
#include "tests/integration/support_process.h"

#include <QJsonObject>
#include <QTest>

using namespace gradlens::testing;

class TestCliBench : public QObject {
    Q_OBJECT
private slots:
    void benchPrintsOneObjectWithTheContractsKeys() {
        const CliResult result = runCli({"bench", "tiny-mlp", "--json", "--seconds", "0.2"});
        QCOMPARE(result.exitCode, 0);
        QVERIFY(result.json()["threads"].toInt() >= 1);
        QVERIFY(result.json()["sgemm_peak_gflops"].toDouble() > 0);
        const QJsonObject all = result.json()["workloads"].toObject();
        QCOMPARE(all.keys(), QStringList{"tiny-mlp"});
        const QJsonObject row = all["tiny-mlp"].toObject();
        for (const char* key : {"ms_per_step", "gflops", "share_of_peak", "peak_memory_mb"})
            QVERIFY2(row[key].toDouble() > 0, key);
    }
    void theFastestNumberOfThreadsCounts() {
        const CliResult result = runCli({"bench", "tiny-mlp", "--json", "--seconds", "0.1", "--threads", "1,2"});
        const QJsonObject row = result.json()["workloads"].toObject()["tiny-mlp"].toObject();
        const QJsonObject times = row["ms_by_threads"].toObject();
        QCOMPARE(times.size(), 2);
        QCOMPARE(row["ms_per_step"].toDouble(), std::min(times["1"].toDouble(), times["2"].toDouble()));
    }
    void anUnknownWorkloadIsWrongUsageAndTheListIsShown() {
        const CliResult result = runCli({"bench", "mlp-sdg"});
        QCOMPARE(result.exitCode, 2);
        QVERIFY(result.errors.contains("'mlp-sdg'"));
        QVERIFY(result.errors.contains("mlp-sgd"));
    }
};

QTEST_GUILESS_MAIN(TestCliBench)
#include "test_cli_bench.moc"
