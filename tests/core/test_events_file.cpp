// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/io/atomic_file.h"
#include "core/io/events_file.h"
#include "tests/core/support_errors.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <sys/resource.h>

#include <cmath>
#include <csignal>
#include <cstring>
#include <functional>
#include <limits>

using namespace gradlens;
namespace fs = std::filesystem;

namespace {
void writeSteps(const fs::path& file, std::int64_t from, std::int64_t to) {
    EventsWriter writer(file);
    for (std::int64_t step = from; step < to; ++step)
        writer.scalar("train/loss", step, 1.7e9 + static_cast<double>(step), 1.0 / static_cast<double>(step + 1));
    writer.flush();
}
}  // namespace

class TestEventsFile : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;
    fs::path m_file;

private slots:
    void init() {
        m_file = fs::path(m_folder.path().toStdString()) /
                 (std::string("events.out.tfevents.") + QTest::currentTestFunction());
    }

    void crcHasTheValuesOfTheStandard() {
        // RFC 3720, B.4: 32 bytes of zeros, of ones, and 0..31; and the usual check text.
        const std::string zeros(32, '\0'), ones(32, '\xff'), digits = "123456789";
        std::string rising;
        for (char c = 0; c < 32; ++c) rising += c;
        const auto crc = [](const std::string& text) { return crc32c(std::as_bytes(std::span(text))); };
        QCOMPARE(crc(zeros), 0x8A9136AAu);
        QCOMPARE(crc(ones), 0x62A8AB43u);
        QCOMPARE(crc(rising), 0x46DD794Eu);
        QCOMPARE(crc(digits), 0xE3069283u);
    }

    void scalarsComeBackBitForBit() {
        const std::vector<ScalarEvent> events{
            {"train/loss", 0, 1.7e9, 0.1},
            {"validation/accuracy", 1, 1.7e9 + 0.25, 1.0 / 3.0},
            {"ünïcode", std::int64_t{1} << 40, 0, -std::numeric_limits<double>::infinity()},
            {"", -1, -5, std::numeric_limits<double>::denorm_min()}};
        {
            EventsWriter writer(m_file);
            for (const ScalarEvent& event : events) writer.scalar(event.tag, event.step, event.wallTime, event.value);
        }
        QVERIFY(readEvents(m_file).scalars == events);
    }

    void aNaNComesBackAsOne() {
        {
            EventsWriter writer(m_file);
            writer.scalar("loss", 3, 0, std::numeric_limits<double>::quiet_NaN());
        }
        QVERIFY(std::isnan(readEvents(m_file).scalars.at(0).value));
    }

    void theBytesAreThoseOfTheFormat() {
        {
            EventsWriter writer(m_file);
            writer.scalar("a", 300, 2.0, 0.5);
        }
        const std::string file = readFile(m_file, 10'000);
        // The first record: length, CRC, wall_time, file_version. The second begins after it.
        const std::size_t version = 12 + 9 + 2 + 13 + 4;
        QVERIFY(file.compare(12 + 9, 15, std::string("\x1a\x0d") + "brain.Event:2") == 0);
        const std::string expected = std::string("\x09\x00\x00\x00\x00\x00\x00\x00\x40", 9)  // wall_time = 2.0
                                     + "\x10\xac\x02"                                        // step = 300
                                     + "\x2a\x15" + "\x0a\x13"                               // summary { value {
                                     + "\x0a\x01" + "a"                                      // tag
                                     + std::string("\x15\x00\x00\x00\x3f", 5)                // simple_value = 0.5f
                                     + "\xc9\xa9\x07" +
                                     std::string("\x00\x00\x00\x00\x00\x00\xe0\x3f", 8);  // ours: 0.5
        QCOMPARE(QByteArray::fromStdString(file.substr(version + 12, file.size() - version - 16)).toHex(' '),
                 QByteArray::fromStdString(expected).toHex(' '));
    }

    void anIndependentReaderAgrees() {
        QProcess python;
        python.start("/usr/bin/python3", {"-c", "import struct"});
        if (!python.waitForFinished() || python.exitCode() != 0) QSKIP("python3 is not installed");
        writeSteps(m_file, 0, 3);
        python.start("/usr/bin/python3",
                     {"-c",
                      "import sys, struct\n"
                      "b = open(sys.argv[1], 'rb').read(); at = 0; out = []\n"
                      "def crc(d):\n"
                      "    c = 0xffffffff\n"
                      "    for x in d:\n"
                      "        c ^= x\n"
                      "        for _ in range(8): c = (c >> 1) ^ (0x82f63b78 if c & 1 else 0)\n"
                      "    c ^= 0xffffffff\n"
                      "    return (((c >> 15) | (c << 17)) + 0xa282ead8) & 0xffffffff\n"
                      "while at < len(b):\n"
                      "    n, hc = struct.unpack_from('<QI', b, at); d = b[at + 12:at + 12 + n]\n"
                      "    assert crc(b[at:at + 8]) == hc and crc(d) == struct.unpack_from('<I', b, at + 12 + n)[0]\n"
                      "    at += 16 + n\n"
                      "    if b'train/loss' in d: out.append(round(struct.unpack_from('<f', d, d.index(b'train/loss') "
                      "+ 11)[0], 4))\n"
                      "print(out)",
                      QString::fromStdString(m_file.string())});
        QVERIFY(python.waitForFinished());
        QCOMPARE(QString::fromUtf8(python.readAllStandardOutput()).trimmed(), QString("[1.0, 0.5, 0.3333]"));
    }

    void aFileCutAnywhereGivesTheWholeRecordsBeforeTheCut() {
        writeSteps(m_file, 0, 5);
        const std::string whole = readFile(m_file, 10'000);
        std::size_t before = 0;
        for (std::size_t length = 0; length < whole.size(); ++length) {
            writeFileAtomically(m_file, std::string_view(whole).substr(0, length));
            const EventsContents contents = readEvents(m_file);
            QVERIFY(contents.scalars.size() >= before);
            QCOMPARE(contents.cutShort, contents.wholeBytes != length);
            before = contents.scalars.size();
        }
        QCOMPARE(before, std::size_t{4});
    }

    void writingOnAfterAKillRemovesTheCutRecord() {
        writeSteps(m_file, 0, 5);
        fs::resize_file(m_file, fs::file_size(m_file) - 7);
        writeSteps(m_file, 4, 6);
        const EventsContents contents = readEvents(m_file);
        QVERIFY(!contents.cutShort);
        QCOMPARE(contents.scalars.size(), std::size_t{6});
        for (std::size_t i = 0; i < 6; ++i) QCOMPARE(contents.scalars[i].step, static_cast<std::int64_t>(i));
    }

    void aDamagedRecordIsPassedOver() {
        writeSteps(m_file, 0, 3);
        std::string bytes = readFile(m_file, 10'000);
        bytes[bytes.find("train/loss") + 2] = '?';
        writeFileAtomically(m_file, bytes);
        const EventsContents contents = readEvents(m_file);
        QCOMPARE(contents.damaged, std::int64_t{1});
        QCOMPARE(contents.scalars.size(), std::size_t{2});
    }

    void nothingIsLostBetweenFlushes() {
        EventsWriter writer(m_file);
        writer.scalar("loss", 1, 0, 1);
        writer.flush();
        QCOMPARE(readEvents(m_file).scalars.size(), std::size_t{1});
        writer.scalar("loss", 2, 0, 1);
        writer.flush();
        QCOMPARE(readEvents(m_file).scalars.size(), std::size_t{2});
    }

    void aFailedFlushLosesNothingOnceThereIsRoomAgain() {
        EventsWriter writer(m_file);
        writer.scalar("loss", 0, 0, 1);
        writer.flush();
        rlimit was{};
        ::getrlimit(RLIMIT_FSIZE, &was);
        const auto handler = std::signal(SIGXFSZ, SIG_IGN);
        rlimit limit = was;
        limit.rlim_cur = fs::file_size(m_file) + 100;
        ::setrlimit(RLIMIT_FSIZE, &limit);
        for (std::int64_t step = 1; step < 10; ++step) writer.scalar("loss", step, 0, 1);
        const Error error = errorOf([&] { writer.flush(); });
        ::setrlimit(RLIMIT_FSIZE, &was);
        std::signal(SIGXFSZ, handler);
        QVERIFY2(says(error, "larger than is allowed"), error.what());
        QVERIFY(!readEvents(m_file).cutShort);
        writer.flush();
        const EventsContents contents = readEvents(m_file);
        QCOMPARE(contents.scalars.size(), std::size_t{10});
        QCOMPARE(contents.scalars.back().step, std::int64_t{9});
    }

    void theNumberOfScalarsIsLimited() {
        writeSteps(m_file, 0, 10);
        const EventsContents contents = readEvents(m_file, 4);
        QCOMPARE(contents.scalars.size(), std::size_t{4});
        QVERIFY(contents.limited);
    }

    void anEmptyFileHasNoScalars() {
        writeFileAtomically(m_file, "");
        QVERIFY(readEvents(m_file).scalars.empty());
    }

    void anotherFileIsRefused() {
        writeFileAtomically(m_file, "step,loss\n1,0.5\n2,0.25\n");
        const Error error = errorOf([&] { readEvents(m_file); });
        QVERIFY2(says(error, "is not a TensorBoard event file") && says(error, m_file.string()), error.what());
    }

    void anotherFileIsNotWrittenOver() {
        writeFileAtomically(m_file, "step,loss\n1,0.5\n2,0.25\n");
        const Error error = errorOf([&] { EventsWriter writer(m_file); });
        QVERIFY2(says(error, "is not a TensorBoard event file"), error.what());
        QCOMPARE(readFile(m_file, 1000), std::string("step,loss\n1,0.5\n2,0.25\n"));
    }

    void missingFilesAndFoldersAreErrors() {
        QVERIFY(says(errorOf([&] { readEvents(m_file); }), "no such file"));
        QVERIFY(says(errorOf([&] { readEvents(m_file.parent_path()); }), "it is a folder"));
        QVERIFY(says(errorOf([&] { EventsWriter writer(m_file / "none"); }), "cannot be written"));
    }
};

QTEST_GUILESS_MAIN(TestEventsFile)
#include "test_events_file.moc"
