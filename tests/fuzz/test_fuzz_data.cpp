// SPDX-License-Identifier: GPL-3.0-or-later
// Damaged IDX, gzip and CSV files: each gives a dataset or an Error, never a crash or an allocation out of proportion.
#include "core/base/error.h"
#include "core/base/philox.h"
#include "core/data/csv.h"
#include "core/data/dataset_source.h"
#include "core/data/idx.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <new>
#include <zlib.h>

using namespace gradlens;

namespace {
std::atomic<std::size_t> g_largestAllocation{0};

void* allocated(std::size_t bytes, std::size_t alignment) {
    std::size_t largest = g_largestAllocation.load();
    while (bytes > largest && !g_largestAllocation.compare_exchange_weak(largest, bytes)) {
    }
    if (bytes > std::size_t{1} << 32) throw std::bad_alloc();
    void* memory =
        std::aligned_alloc(alignment, (std::max<std::size_t>(bytes, 1) + alignment - 1) / alignment * alignment);
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
}
}  // namespace

void* operator new(std::size_t bytes) {
    return allocated(bytes, 16);
}
void* operator new(std::size_t bytes, std::align_val_t alignment) {
    return allocated(bytes, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
    std::free(memory);
}

class TestFuzzData : public QObject {
    Q_OBJECT

    // Thousands of small files: in memory where that is possible, since disks flush each one that is replaced.
    QTemporaryDir m_folder{(QFileInfo("/dev/shm").isWritable() ? "/dev/shm" : QDir::tempPath()) +
                           "/gradlens-fuzz-XXXXXX"};
    std::uint64_t m_drawn = 0;

    std::uint64_t below(std::uint64_t bound) { return Random(2026, RandomStream::Generate).below(m_drawn++, bound); }

    std::filesystem::path write(const QByteArray& bytes, const QString& name = "input") {
        QFile file(m_folder.filePath(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size()) qFatal("cannot write the test file");
        return file.fileName().toStdString();
    }
    QByteArray gzipped(const QByteArray& bytes) {
        const QByteArray path = m_folder.filePath("packed.gz").toUtf8();
        gzFile file = gzopen(path.constData(), "wb");
        gzwrite(file, bytes.constData(), static_cast<unsigned>(bytes.size()));
        gzclose(file);
        QFile packed(path);
        if (!packed.open(QIODevice::ReadOnly)) qFatal("cannot read the packed file");
        return packed.readAll();
    }

    // A few of: flip, overwrite with a telling byte, insert, erase, repeat, cut.
    QByteArray damaged(QByteArray bytes, const QByteArray& telling) {
        for (std::uint64_t times = 1 + below(4); times > 0 && !bytes.isEmpty(); --times) {
            const auto at = static_cast<qsizetype>(below(static_cast<std::uint64_t>(bytes.size())));
            const char byte = telling[static_cast<qsizetype>(below(static_cast<std::uint64_t>(telling.size())))];
            switch (below(6)) {
                case 0:
                    bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
                    break;
                case 1:
                    bytes[at] = byte;
                    break;
                case 2:
                    bytes.insert(at, byte);
                    break;
                case 3:
                    bytes.remove(at, static_cast<qsizetype>(1 + below(8)));
                    break;
                case 4:
                    bytes.insert(
                        at, bytes.mid(static_cast<qsizetype>(below(static_cast<std::uint64_t>(bytes.size()))), 32));
                    break;
                default:
                    bytes.truncate(at);
                    break;
            }
        }
        return bytes;
    }
    // The header of an IDX file is where lies do harm.
    QByteArray damagedHeader(QByteArray bytes) {
        for (std::uint64_t times = 1 + below(3); times > 0; --times)
            bytes[static_cast<qsizetype>(below(16))] = static_cast<char>(below(3) == 0 ? 0xff : below(256));
        return bytes;
    }

    template <class F>
    void survives(const QByteArray& bytes, std::size_t allowance, F&& read) {
        const auto file = write(bytes);
        g_largestAllocation = 0;
        try {
            read(file);
            ++m_read;
        } catch (const Error& error) {
            ++m_refused;
            if (std::string(error.what()).empty() || error.where().empty()) {
                write(bytes, "offender");
                QFAIL("an error says nothing");
            }
        }
        if (g_largestAllocation > allowance)
            QFAIL(qPrintable(
                QString("an allocation of %1 bytes for a file of %2").arg(g_largestAllocation).arg(bytes.size())));
    }
    int m_read = 0, m_refused = 0;

    static QByteArray images() {
        QByteArray bytes("\0\0\x08\x03\0\0\0\x14\0\0\0\x04\0\0\0\x05", 16);
        for (int i = 0; i < 20 * 4 * 5; ++i) bytes.append(static_cast<char>(i * 7));
        return bytes;
    }
    static QByteArray table() {
        QByteArray text = "width,height,\"kind, of\"\n";
        for (int i = 0; i < 30; ++i)
            text += QByteArray::number(i * 0.5) + "," + QByteArray::number(i - 7) +
                    (i % 2 != 0 ? ",\"a \"\"b\"\"\"\n" : ",c\r\n");
        return text;
    }
    static constexpr std::size_t kIdxAllowance = std::size_t{64} << 20;  // what a header is trusted with in a gzip file
    static constexpr std::size_t kCsvAllowance = std::size_t{8} << 20;

private slots:
    void init() { m_read = m_refused = 0; }

    void damagedIdx() {
        for (int i = 0; i < 3000 && !QTest::currentTestFailed(); ++i) {
            const QByteArray bytes =
                i % 2 == 0 ? damagedHeader(images()) : damaged(images(), QByteArray("\0\x01\xff\x7f\x80", 5));
            // A plain file is measured before anything is allocated: eight bytes an element at most.
            survives(bytes, (std::size_t{1} << 20), [](const auto& file) { readIdxImages(file); });
            survives(bytes, (std::size_t{1} << 20), [](const auto& file) { readIdxLabels(file); });
        }
        QVERIFY(m_refused > 1000);
    }
    void damagedHeadersInGzip() {
        for (int i = 0; i < 1500 && !QTest::currentTestFailed(); ++i)
            survives(gzipped(damagedHeader(images())), kIdxAllowance, [](const auto& file) { readIdx(file); });
        QVERIFY(m_refused > 500);
    }
    void damagedGzip() {
        const QByteArray packed = gzipped(images());
        for (int i = 0; i < 2000 && !QTest::currentTestFailed(); ++i)
            survives(damaged(packed, QByteArray("\0\x1f\x8b\xff", 4)), kIdxAllowance,
                     [](const auto& file) { readIdx(file); });
        QVERIFY(m_refused > 1000);
    }
    void everyTruncationOfIdx() {
        const QByteArray bytes = images();
        for (qsizetype length = 0; length < bytes.size() && !QTest::currentTestFailed(); ++length)
            survives(bytes.first(length), (std::size_t{1} << 20), [](const auto& file) { readIdx(file); });
        QCOMPARE(m_read, 0);
    }
    void everyTruncationOfGzip() {
        const QByteArray bytes = gzipped(images());
        for (qsizetype length = 0; length < bytes.size() && !QTest::currentTestFailed(); ++length)
            survives(bytes.first(length), kIdxAllowance, [](const auto& file) { readIdx(file); });
        QCOMPARE(m_read, 0);
    }
    void damagedCsv() {
        using Header = CsvOptions::Header;
        for (int i = 0; i < 4000 && !QTest::currentTestFailed(); ++i) {
            CsvOptions options;
            options.header = std::array{Header::Detect, Header::Names, Header::None, Header::Counts}[below(4)];
            options.delimiter = ",,,\0;\t| "[below(8)];
            options.label = std::array{"", "1", "height", "99"}[below(4)];
            options.classification = below(2) == 0;
            survives(damaged(table(), QByteArray("\",;\t|\r\n \0-+.eE\xef\xff", 17)), kCsvAllowance,
                     [&](const auto& file) { readCsv(file, options); });
        }
        QVERIFY(m_refused > 500);
        QVERIFY2(m_read > 20, qPrintable(QString::number(m_read)));
    }
    void damagedCsvWithDetection() {
        for (int i = 0; i < 3000 && !QTest::currentTestFailed(); ++i)
            survives(damaged(table(), QByteArray("\",\n1a-", 6)), kCsvAllowance,
                     [](const auto& file) { readCsv(file); });
        QVERIFY(m_refused > 500);
        QVERIFY(m_read > 100);
    }
    void damagedCsvInGzip() {
        const QByteArray packed = gzipped(table());
        for (int i = 0; i < 1000 && !QTest::currentTestFailed(); ++i)
            survives(damaged(packed, QByteArray("\0\x1f\x8b\xff", 4)), kCsvAllowance,
                     [](const auto& file) { readCsv(file); });
        QVERIFY(m_refused > 500);
    }
    void oneEndlessRowIsRefused() {
        // 100 MB of commas in 100 KB of gzip.
        const QByteArray bytes = gzipped(QByteArray(100 << 20, ','));
        survives(bytes, std::size_t{512} << 20, [](const auto& file) { readCsv(file); });
        QCOMPARE(m_refused, 1);
    }
    void oneEndlessQuoteIsRefused() {
        const QByteArray bytes = gzipped("1,\"" + QByteArray(100 << 20, '\n'));
        survives(bytes, std::size_t{512} << 20, [](const auto& file) { readCsv(file); });
        QCOMPARE(m_refused, 1);
    }
};

QTEST_GUILESS_MAIN(TestFuzzData)
#include "test_fuzz_data.moc"
