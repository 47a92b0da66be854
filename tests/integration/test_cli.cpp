// SPDX-License-Identifier: GPL-3.0-or-later
// The command line's contract: exit codes, JSON, determinism, stopping, killing, resuming.
#include "tests/integration/support_process.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

using namespace gradlens::testing;

namespace {
const QString kFashionMnist = QStringLiteral("/usr/share/datasets/fashion-mnist");

QString hashOf(const QStringList& arguments) {
    return runCli(QStringList{"train", examplePath("digits-mlp"), "--json"} + arguments)
        .json()["state_hash"]
        .toString();
}
}  // namespace

class TestCli : public QObject {
    Q_OBJECT
private slots:
    void digitsReachTheirAccuracy() {
        const QJsonObject result = runCli({"train", examplePath("digits-mlp"), "--json"}).json();
        QVERIFY2(result["val_accuracy"].toDouble() >= 0.96,
                 qPrintable(QString::number(result["val_accuracy"].toDouble())));
    }
    void spiralsReachTheirAccuracy() {
        const QJsonObject result = runCli({"train", examplePath("spirals"), "--json"}).json();
        QVERIFY2(result["val_accuracy"].toDouble() >= 0.97,
                 qPrintable(QString::number(result["val_accuracy"].toDouble())));
    }
    void fashionMnistCnnReachesItsAccuracyInOneEpoch() {
        if (!QFileInfo::exists(kFashionMnist)) QSKIP("Fashion-MNIST is not installed (package dataset-fashion-mnist)");
        const QJsonObject result =
            runCli({"train", examplePath("fashion-mnist-cnn"), "--epochs", "1", "--json"}).json();
        QVERIFY2(result["val_accuracy"].toDouble() >= 0.86,
                 qPrintable(QString::number(result["val_accuracy"].toDouble())));
        QCOMPARE(result["steps"].toInt(), 469);
    }

    void trainPrintsOneObjectWithTheContractsKeys() {
        const CliResult result = runCli({"train", examplePath("spirals"), "--steps", "3", "--json"});
        QCOMPARE(result.exitCode, 0);
        for (const char* key : {"steps", "epochs", "train_loss", "train_accuracy", "val_loss", "val_accuracy",
                                "state_hash", "seconds", "samples_per_second", "run"})
            QVERIFY2(result.json().contains(key), key);
        QCOMPARE(result.json()["steps"].toInt(), 3);
    }
    void theHashDoesNotDependOnTheNumberOfThreads() {
        const QString one = hashOf({"--steps", "100", "--threads", "1"});
        QCOMPARE(one.size(), 32);
        QCOMPARE(hashOf({"--steps", "100", "--threads", "2"}), one);
        QCOMPARE(hashOf({"--steps", "100", "--threads", "4"}), one);
    }
    void theHashDependsOnTheSeed() {
        QVERIFY(hashOf({"--steps", "5", "--seed", "7"}) != hashOf({"--steps", "5", "--seed", "8"}));
    }

    void stoppingAnywhereAndGoingOnEqualsNeverStopping_data() {
        QTest::addColumn<int>("stop");
        for (const int stop : {1, 44, 45, 46, 89}) QTest::addRow("after step %d", stop) << stop;  // 45 steps an epoch
    }
    void stoppingAnywhereAndGoingOnEqualsNeverStopping() {
        QFETCH(const int, stop);
        const QTemporaryDir folder;
        const QString run = folder.filePath("run");
        hashOf({"--steps", QString::number(stop), "--run", run});
        QCOMPARE(hashOf({"--steps", "90", "--run", run}), hashOf({"--steps", "90"}));
    }
    void aKilledRunLosesAtMostTheWorkSinceItsLastAutosave() {
        const QTemporaryDir folder;
        const QString run = folder.filePath("run");
        QProcess process;
        process.start(cliProgram(), {"train", examplePath("digits-mlp"), "--epochs", "100000", "--run", run});
        const QDir checkpoints(run + "/checkpoints");
        const auto newest = [&] {
            int step = 0;
            for (const QString& name : checkpoints.entryList({"step-*.safetensors"}, QDir::Files))
                step = std::max(step, name.mid(5).chopped(12).toInt());
            return step;
        };
        QTRY_VERIFY_WITH_TIMEOUT(newest() >= 90, 60'000);
        process.kill();
        process.waitForFinished();
        const int saved = newest();
        const CliResult resumed = runCli(
            {"train", examplePath("digits-mlp"), "--steps", QString::number(saved + 10), "--run", run, "--json"});
        QCOMPARE(resumed.exitCode, 0);
        QCOMPARE(resumed.json()["state_hash"].toString(), hashOf({"--steps", QString::number(saved + 10)}));
    }
    void aTerminatedRunIsSavedAtOnce() {
        const QTemporaryDir folder;
        const QString run = folder.filePath("run");
        QProcess process;
        process.start(cliProgram(), {"train", examplePath("digits-mlp"), "--epochs", "100000", "--run", run, "--json"});
        QTRY_VERIFY_WITH_TIMEOUT(QDir(run + "/checkpoints").entryList({"step-*"}, QDir::Files).size() > 1, 60'000);
        process.terminate();
        QVERIFY(process.waitForFinished(60'000));
        QCOMPARE(process.exitCode(), 130);
        const CliResult result{130, false, process.readAllStandardOutput(), {}};
        QVERIFY(
            QFileInfo::exists(run + QString("/checkpoints/step-%1.safetensors").arg(result.json()["steps"].toInt())));
    }

    void stateReplaysToTheHashThatTrainingHad() {
        const QTemporaryDir folder;
        const QString run = folder.filePath("run");
        hashOf({"--steps", "70", "--run", run});
        const CliResult result = runCli({"state", run, "--step", "33", "--json"});
        QCOMPARE(result.json()["state_hash"].toString(), hashOf({"--steps", "33"}));
    }
    void evalGivesTheValidationFiguresThatTrainingEndedWith() {
        const QTemporaryDir folder;
        const QString run = folder.filePath("run");
        const QJsonObject trained =
            runCli({"train", examplePath("digits-mlp"), "--epochs", "2", "--run", run, "--json"}).json();
        const QString checkpoint = run + QString("/checkpoints/step-%1.safetensors").arg(trained["steps"].toInt());
        const CliResult result = runCli({"eval", examplePath("digits-mlp"), "--checkpoint", checkpoint, "--json"});
        QCOMPARE(result.exitCode, 0);
        QCOMPARE(result.json()["val_loss"].toDouble(), trained["val_loss"].toDouble());
        QCOMPARE(result.json()["val_accuracy"].toDouble(), trained["val_accuracy"].toDouble());
        QCOMPARE(result.json()["state_hash"].toString(), trained["state_hash"].toString());
    }
    void checkTellsShapesParametersAndCosts() {
        const CliResult result = runCli({"check", examplePath("digits-mlp"), "--json"});
        QCOMPARE(result.exitCode, 0);
        QVERIFY(result.json()["valid"].toBool());
        QVERIFY(result.json()["problems"].toArray().isEmpty());
        QVERIFY(result.json()["training_bytes"].toDouble() > 0);
        double parameters = 0;
        for (const auto& layer : result.json()["layers"].toArray())
            parameters += layer.toObject()["parameters"].toDouble();
        QCOMPARE(parameters, result.json()["parameters"].toDouble());
    }
    void checkGivesAdviceAndIsContent() {
        QFile example(examplePath("digits-mlp"));
        QVERIFY(example.open(QIODevice::ReadOnly));
        QJsonObject project = QJsonDocument::fromJson(example.readAll()).object();
        QJsonObject training = project["training"].toObject();
        training["optimizer"] = QJsonObject{{"name", "Adam"}, {"attributes", QJsonObject{{"learning_rate", 0.5}}}};
        project["training"] = training;
        QTemporaryDir folder;
        QFile changed(folder.filePath("hot.gradlens"));
        QVERIFY(changed.open(QIODevice::WriteOnly));
        changed.write(QJsonDocument(project).toJson());
        changed.close();
        const CliResult result = runCli({"check", changed.fileName(), "--json"});
        QCOMPARE(result.exitCode, 0);
        const QJsonArray problems = result.json()["problems"].toArray();
        QCOMPARE(problems.size(), 1);
        QCOMPARE(problems[0].toObject()["rule"].toString(), QString("learning-rate"));
        QCOMPARE(problems[0].toObject()["severity"].toString(), QString("warning"));
        QVERIFY(problems[0].toObject()["source"].toString().contains("Kingma"));
        QCOMPARE(problems[0].toObject()["fixes"].toArray().size(), 1);
    }
    void opsListsTheCatalogueWithDocs() {
        const QJsonArray ops = runCli({"ops", "--json"}).json()["ops"].toArray();
        QVERIFY(ops.size() >= 19);
        for (const auto& op : ops) QVERIFY(!op.toObject()["summary"].toString().isEmpty());
        QCOMPARE(runCli({"ops", "Conv2D", "--json"}).json()["ops"].toArray().size(), 1);
    }

    void wrongUsageExitsWithTwo_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::newRow("nothing") << QStringList{};
        QTest::newRow("unknown command") << QStringList{"dance"};
        QTest::newRow("no project") << QStringList{"train"};
        QTest::newRow("epochs of zero") << QStringList{"train", examplePath("spirals"), "--epochs", "0"};
        QTest::newRow("epochs and steps")
            << QStringList{"train", examplePath("spirals"), "--epochs", "1", "--steps", "1"};
    }
    void wrongUsageExitsWithTwo() {
        QFETCH(const QStringList, arguments);
        QCOMPARE(runCli(arguments).exitCode, 2);
    }

    void badInputExitsWithOneAndOneMessage_data() {
        QTest::addColumn<QByteArray>("project");
        QTest::addColumn<QByteArray>("says");
        const auto project = [](const QByteArray& nodes, const QByteArray& edges,
                                const QByteArray& data = R"({"source":"spirals"})") {
            return R"({"gradlens":1,"name":"t","graph":{"nodes":[)" + nodes + R"(],"edges":[)" + edges +
                   R"(]},"data":)" + data +
                   R"(,"training":{"optimizer":{"name":"SGD"},"batch_size":8,"epochs":1,"seed":1}})";
        };
        const QByteArray x = R"({"id":1,"name":"x","op":"Input","attributes":{"shape":[2]}})";
        const QByteArray y =
            R"({"id":2,"name":"y","op":"Input","attributes":{"source":"labels","values":"class","shape":[]}})";
        const QByteArray dense = R"({"id":3,"name":"dense1","op":"Dense","attributes":{"units":2}})";
        const QByteArray loss = R"({"id":4,"name":"loss","op":"SoftmaxCrossEntropy"})";
        const QByteArray sound = x + "," + y + "," + dense + "," + loss;
        const QByteArray edges =
            R"({"from":"x.output","to":"dense1.input"},{"from":"dense1.output","to":"loss.logits"},{"from":"y.output","to":"loss.labels"})";
        QTest::newRow("not JSON") << QByteArray("{\"gradlens\":1,") << QByteArray("line 1");
        QTest::newRow("not a project") << QByteArray("[1,2]") << QByteArray("project");
        QTest::newRow("from a newer version") << QByteArray(R"({"gradlens":99})") << QByteArray("newer");
        QTest::newRow("unknown op") << project(sound + R"(,{"id":5,"name":"c","op":"Conv2d"})", edges)
                                    << QByteArray("Did you mean Conv2D");
        QTest::newRow("dangling edge") << project(sound, edges + R"(,{"from":"ghost.output","to":"loss.logits"})")
                                       << QByteArray("ghost");
        QTest::newRow("a cycle")
            << project(
                   sound + R"(,{"id":5,"name":"relu1","op":"ReLU"},{"id":6,"name":"relu2","op":"ReLU"})",
                   edges + R"(,{"from":"relu1.output","to":"relu2.input"},{"from":"relu2.output","to":"relu1.input"})")
            << QByteArray("relu1 -> relu2 -> relu1");
        QTest::newRow("impossible shapes")
            << project(
                   sound + R"(,{"id":5,"name":"conv1","op":"Conv2D"})",
                   R"({"from":"x.output","to":"conv1.input"},{"from":"conv1.output","to":"dense1.input"},{"from":"dense1.output","to":"loss.logits"},{"from":"y.output","to":"loss.labels"})")
            << QByteArray("conv1");
        QTest::newRow("another sample shape") << project(sound, edges, R"({"source":"digits"})") << QByteArray("1x8x8");
        QTest::newRow("a dataset that is not there")
            << project(sound, edges, R"({"source":"fashion-mnist","attributes":{"folder":"/nowhere"}})")
            << QByteArray("/nowhere");
        QTest::newRow("an attribute out of range") << project(sound, edges).replace(R"("units":2)", R"("units":0)")
                                                   << QByteArray("dense1: units must be between 1 and 16777216, got 0");
        // 360 GB of weights: the message names what it needs and what is free.
        const QByteArray wide =
            R"({"id":3,"name":"dense1","op":"Dense","attributes":{"units":300000}},{"id":5,"name":"dense2","op":"Dense","attributes":{"units":300000}},{"id":6,"name":"dense3","op":"Dense","attributes":{"units":2}})";
        QTest::newRow("more memory than there is")
            << project(
                   x + "," + y + "," + wide + "," + loss,
                   R"({"from":"x.output","to":"dense1.input"},{"from":"dense1.output","to":"dense2.input"},{"from":"dense2.output","to":"dense3.input"},{"from":"dense3.output","to":"loss.logits"},{"from":"y.output","to":"loss.labels"})")
            << QByteArray("GiB are free");
        QTest::newRow("an unknown optimizer") << project(sound, edges).replace("SGD", "Sgdd") << QByteArray("Sgdd");
    }
    void badInputExitsWithOneAndOneMessage() {
        QFETCH(const QByteArray, project);
        QFETCH(const QByteArray, says);
        const QTemporaryDir folder;
        const CliResult result = runCli({"train", writeText(folder.filePath("bad.gradlens"), project), "--json"});
        QVERIFY(!result.crashed);
        QCOMPARE(result.exitCode, 1);
        QVERIFY2(result.errors.contains(says), result.errors.constData());
        QVERIFY(result.output.isEmpty());
    }
    void aFaultInATableIsSaidWithFileAndRow_data() {
        QTest::addColumn<QByteArray>("table");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("a NaN") << QByteArray("a,b,label\n1,2,x\n2,nan,y\n3,4,x\n") << QByteArray("row 3");
        QTest::newRow("a word among numbers") << QByteArray("a,b,label\n1,2,x\n2,two,y\n3,4,x\n") << QByteArray("two");
        QTest::newRow("a row cut short") << QByteArray("a,b,label\n1,2,x\n2\n3,4,x\n") << QByteArray("row 3");
    }
    void aFaultInATableIsSaidWithFileAndRow() {
        QFETCH(const QByteArray, table);
        QFETCH(const QByteArray, says);
        const QTemporaryDir folder;
        writeText(folder.filePath("table.csv"), table);
        const QByteArray project =
            R"({"gradlens":1,"name":"t","graph":{"nodes":[{"id":1,"name":"x","op":"Input","attributes":{"shape":[2]}},
            {"id":2,"name":"y","op":"Input","attributes":{"source":"labels","values":"class","shape":[]}},{"id":3,"name":"dense1","op":"Dense","attributes":{"units":2}},
            {"id":4,"name":"loss","op":"SoftmaxCrossEntropy"}],"edges":[{"from":"x.output","to":"dense1.input"},{"from":"dense1.output","to":"loss.logits"},
            {"from":"y.output","to":"loss.labels"}]},"data":{"source":"csv","attributes":{"path":"table.csv","label":"label"}},
            "training":{"optimizer":{"name":"SGD"},"batch_size":2,"epochs":1,"seed":1}})";
        const CliResult result = runCli({"train", writeText(folder.filePath("table.gradlens"), project), "--json"});
        QCOMPARE(result.exitCode, 1);
        QVERIFY2(result.errors.contains("table.csv") && result.errors.contains(says), result.errors.constData());
    }
    void checkTellsThePlan() {
        const QJsonObject plan =
            runCli({"check", examplePath("fashion-mnist-cnn"), "--json"}).json()["plan"].toObject();
        const QJsonArray instructions = plan["instructions"].toArray();
        QStringList kinds;
        double flops = 0;
        for (const auto& each : instructions) {
            const QJsonObject instruction = each.toObject();
            kinds.append(instruction["kind"].toString());
            flops += instruction["flops"].toDouble();
        }
        for (const char* kind : {"forward", "backward", "update"}) QVERIFY2(kinds.contains(kind), kind);
        QVERIFY(flops > 0);
        QStringList fused;
        for (const auto& group : plan["fused"].toArray()) {
            QStringList names;
            for (const auto& name : group.toObject()["instructions"].toArray()) names.append(name.toString());
            fused.append(names.join(", "));
        }
        QVERIFY2(fused.contains("conv1 forward, relu1 forward"), qPrintable(fused.join("; ")));
        QVERIFY(plan["groups"].toInt() < instructions.size());
        QVERIFY2(plan["workspace_bytes"].toDouble() < plan["value_bytes"].toDouble(),
                 "values that do not live at the same time share memory");
    }
    void findingALearningRateNamesOneThatTrains() {
        const CliResult result = runCli({"train", examplePath("digits-mlp"), "--find-lr", "--json"});
        QCOMPARE(result.exitCode, 0);
        const double rate = result.json()["suggested_learning_rate"].toDouble();
        QVERIFY2(rate > 1e-5 && rate < 1, qPrintable(QString::number(rate)));
        const QJsonArray points = result.json()["points"].toArray();
        QVERIFY(points.size() > 20);
        QVERIFY(points.first().toObject()["learning_rate"].toDouble() <
                points.last().toObject()["learning_rate"].toDouble());
    }
    void aRunFolderThatCannotBeWrittenIsSaidBeforeTraining() {
        const QTemporaryDir folder;
        const QString file = writeText(folder.filePath("file"), "in the way");
        const CliResult result = runCli({"train", examplePath("spirals"), "--run", file + "/run"});
        QCOMPARE(result.exitCode, 1);
        QVERIFY2(result.errors.contains("run"), result.errors.constData());
    }
    void aFullDiskIsSaidAndWhatWasSavedStays() {
        if (!QFileInfo("/dev/full").exists()) QSKIP("no /dev/full here");
        const QTemporaryDir folder;
        const QString run = folder.filePath("run");
        hashOf({"--steps", "45", "--run", run});
        // 64 KiB is less than a checkpoint of this network: the write fails as it does on a full disk.
        QProcess process;
        process.start("bash", {"-c", "trap '' XFSZ; ulimit -f 64; exec \"$0\" \"$@\"", cliProgram(), "train",
                               examplePath("digits-mlp"), "--steps", "60", "--run", run});
        QVERIFY(process.waitForFinished(60'000));
        const QByteArray errors = process.readAllStandardError();
        QCOMPARE(process.exitCode(), 1);
        QVERIFY2(errors.contains("step-60"), errors.constData());
        QCOMPARE(hashOf({"--steps", "60", "--run", run}), hashOf({"--steps", "60"}));
    }
    void aRunOfAnotherProjectIsNotContinued() {
        const QTemporaryDir folder;
        const QString run = folder.filePath("run");
        hashOf({"--steps", "2", "--run", run});
        const CliResult result = runCli({"train", examplePath("spirals"), "--run", run});
        QCOMPARE(result.exitCode, 1);
        QVERIFY2(result.errors.contains("changed since"), result.errors.constData());
    }
};

QTEST_GUILESS_MAIN(TestCli)
#include "test_cli.moc"
