// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/machine_memory.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace gradlens;

namespace {
// A machine by what its files say.
struct Machine {
    QTemporaryDir folder;
    void write(const QString& file, const QByteArray& text) const {
        const QString path = folder.filePath(file);
        QDir().mkpath(QFileInfo(path).path());
        QFile target(path);
        if (!target.open(QIODevice::WriteOnly) || target.write(text) != text.size())
            qFatal("cannot write %s", qPrintable(path));
    }
    std::optional<std::size_t> available() const { return availableMemory(folder.path().toStdString()); }
};
constexpr std::size_t kKibi = 1024;
}  // namespace

class TestMachineMemory : public QObject {
    Q_OBJECT

private slots:
    void thisMachineHasSome() { QVERIFY(availableMemory().value_or(0) > 0); }
    void aSystemThatDoesNotTellIsUnknown() { QVERIFY(!Machine().available()); }
    void whatIsAvailableIsWhatTheKernelSays() {
        const Machine machine;
        machine.write("proc/meminfo", "MemTotal:  9000 kB\nMemFree:  10 kB\nMemAvailable:   5000 kB\nBuffers: 1 kB\n");
        QCOMPARE(machine.available(), 5000 * kKibi);
    }
    void aControlGroupLimitsIt() {
        const Machine machine;
        machine.write("proc/meminfo", "MemAvailable: 5000 kB\n");
        machine.write("proc/self/cgroup", "0::/outer/inner\n");
        machine.write("sys/fs/cgroup/outer/inner/memory.max", "max\n");
        machine.write("sys/fs/cgroup/outer/inner/memory.current", "100\n");
        machine.write("sys/fs/cgroup/outer/memory.max", "1000000\n");
        machine.write("sys/fs/cgroup/outer/memory.current", "700000\n");
        machine.write("sys/fs/cgroup/outer/memory.stat", "anon 1\ninactive_file 200000\n");
        QCOMPARE(machine.available(), std::size_t{500'000});
    }
    void aControlGroupOfTheFirstKindLimitsItToo() {
        const Machine machine;
        machine.write("proc/meminfo", "MemAvailable: 5000 kB\n");
        machine.write("proc/self/cgroup", "4:memory:/box\n0::/\n");
        machine.write("sys/fs/cgroup/memory/memory.limit_in_bytes", "2000000\n");
        machine.write("sys/fs/cgroup/memory/memory.usage_in_bytes", "1500000\n");
        QCOMPARE(machine.available(), std::size_t{500'000});
    }
    void aGroupThatIsFullHasNothingLeft() {
        const Machine machine;
        machine.write("proc/self/cgroup", "0::/\n");
        machine.write("sys/fs/cgroup/memory.max", "1000\n");
        machine.write("sys/fs/cgroup/memory.current", "5000\n");
        QCOMPARE(machine.available(), std::size_t{0});
    }
    void sizesReadWell() {
        QCOMPARE(memoryText(std::size_t{41'016'912'282}), std::string("38.2 GiB"));
        QCOMPARE(memoryText(512 * kKibi * kKibi), std::string("512.0 MiB"));
    }
};

QTEST_GUILESS_MAIN(TestMachineMemory)
#include "test_machine_memory.moc"
