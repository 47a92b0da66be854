// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/data/idx.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <bit>
#include <zlib.h>

using namespace gradlens;

namespace {
QByteArray bigEndian(quint32 value) {
    QByteArray bytes;
    for (int shift = 24; shift >= 0; shift -= 8) bytes.append(static_cast<char>(value >> shift & 0xff));
    return bytes;
}

QByteArray header(char type, const QList<quint32>& sizes) {
    QByteArray bytes("\0\0", 2);
    bytes.append(type).append(static_cast<char>(sizes.size()));
    for (const quint32 size : sizes) bytes.append(bigEndian(size));
    return bytes;
}

QByteArray gzipped(const QByteArray& bytes) {
    z_stream stream{};
    deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    QByteArray result(static_cast<qsizetype>(deflateBound(&stream, static_cast<uLong>(bytes.size()))), '\0');
    QByteArray source = bytes;
    stream.next_in = reinterpret_cast<Bytef*>(source.data());
    stream.avail_in = static_cast<uInt>(source.size());
    stream.next_out = reinterpret_cast<Bytef*>(result.data());
    stream.avail_out = static_cast<uInt>(result.size());
    deflate(&stream, Z_FINISH);
    result.resize(static_cast<qsizetype>(stream.total_out));
    deflateEnd(&stream);
    return result;
}
}  // namespace

class TestIdx : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    std::filesystem::path write(const QByteArray& bytes, const QString& name = "file") {
        QFile file(m_folder.filePath(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size()) qFatal("cannot write the test file");
        return file.fileName().toStdString();
    }

    template <class F>
    std::string errorOf(F&& read) {
        try {
            read();
        } catch (const Error& error) {
            if (error.where().empty() || error.hint().empty())
                return "an error without place or hint: " + std::string(error.what());
            return error.what();
        }
        return "no error";
    }
    void expectError(const QByteArray& bytes, const char* part) {
        const auto file = write(bytes);
        const std::string message = errorOf([&] { readIdx(file); });
        QVERIFY2(message.find(part) != std::string::npos, message.c_str());
        QVERIFY2(message.find(file.string()) != std::string::npos, message.c_str());
    }

private slots:
    void bytesAreReadAsTheyStand() {
        const Tensor tensor = readIdx(write(header(0x08, {2, 3}) + QByteArray("\x00\x01\x7f\x80\xff\x05", 6)));
        QCOMPARE(tensor.dtype(), DType::UInt8);
        QVERIFY(tensor.shape() == (Shape{2, 3}));
        QCOMPARE(tensor.at(3), 128.0);
        QCOMPARE(tensor.at(4), 255.0);
    }

    void gzipIsKnownByItsContent() {
        const Tensor tensor = readIdx(write(gzipped(header(0x08, {3}) + "abc"), "no-suffix"));
        QCOMPARE(tensor.at(2), double{'c'});
    }

    void otherTypesAreConverted_data() {
        QTest::addColumn<int>("type");
        QTest::addColumn<QByteArray>("element");
        QTest::addColumn<double>("value");
        QTest::newRow("signed byte") << 0x09 << QByteArray("\xfe", 1) << -2.0;
        QTest::newRow("short") << 0x0B << QByteArray("\xff\x00", 2) << -256.0;
        QTest::newRow("int") << 0x0C << bigEndian(0x80000000) << -2147483648.0;
        QTest::newRow("float") << 0x0D << bigEndian(std::bit_cast<quint32>(1.5f)) << 1.5;
        const auto bits = std::bit_cast<quint64>(-0.25);
        QTest::newRow("double") << 0x0E
                                << bigEndian(static_cast<quint32>(bits >> 32)) + bigEndian(static_cast<quint32>(bits))
                                << -0.25;
    }
    void otherTypesAreConverted() {
        QFETCH(int, type);
        QFETCH(QByteArray, element);
        QFETCH(double, value);
        const Tensor tensor = readIdx(write(header(static_cast<char>(type), {1}) + element));
        QCOMPARE(tensor.at(0), value);
    }

    void anEmptyFileSaysSo() { expectError("", "the file is empty"); }
    void aForeignFileShowsItsFirstBytes() { expectError("\x89PNG rest", "89 50 4e 47"); }
    void anUnknownTypeIsNamed() { expectError(header(0x0A, {1}) + "a", "0x0a"); }
    void anAbsurdRankIsRefused() { expectError(QByteArray("\0\0\x08\xff", 4), "255 dimensions"); }
    void aCutHeaderIsTold() { expectError(header(0x08, {1, 2}).chopped(1), "within the IDX header"); }
    void aZeroDimensionIsNamed() { expectError(header(0x08, {3, 0}), "dimension 2 of 2 has size 0"); }
    void aTruncatedFileSaysBothSizes() { expectError(header(0x08, {10}) + "abc", "10 bytes, but 3 follow it"); }
    void trailingBytesAreRefused() { expectError(header(0x08, {2}) + "abc", "2 bytes, but 3 follow it"); }
    void anOverflowingProductIsRefused() { expectError(header(0x08, {~0u, ~0u, ~0u}), "more than any file can"); }
    void overflowInBytesIsRefusedToo() {
        expectError(header(0x0E, {0x80000000u, 0x80000000u}), "more than any file can");
    }
    void aHugeClaimIsRefusedBeforeAllocating() {
        expectError(header(0x08, {1u << 31, 1000}) + "abc", "but 3 follow it");
    }
    void aHugeClaimInGzipIsRefusedBeforeAllocating() {
        expectError(gzipped(header(0x08, {1u << 31, 1000}) + "abc"), "cannot hold that");
    }
    void aShortGzipIsTold() { expectError(gzipped(header(0x08, {1000}) + "abc"), "only 3 follow it"); }
    void aLongGzipIsTold() { expectError(gzipped(header(0x08, {2}) + "abc"), "more follow it"); }
    void aCutGzipIsTold() { expectError(gzipped(header(0x08, {3}) + "abc").chopped(9), "ends too early"); }
    void aDamagedChecksumIsTold() {
        QByteArray bytes = gzipped(header(0x08, {3}) + "abc");
        bytes[bytes.size() - 6] = static_cast<char>(bytes[bytes.size() - 6] ^ 1);
        expectError(bytes, "damaged");
    }

    void aMissingFileIsNamed() {
        const std::string message = errorOf([&] { readIdx(m_folder.filePath("nowhere").toStdString()); });
        QVERIFY2(message.find("nowhere: there is no such file") != std::string::npos, message.c_str());
    }
    void aFolderIsNoFile() {
        const std::string message = errorOf([&] { readIdx(m_folder.path().toStdString()); });
        QVERIFY2(message.find("is a folder") != std::string::npos, message.c_str());
    }

    void imagesGetTheirChannel() {
        QVERIFY(readIdxImages(write(header(0x08, {2, 1, 2}) + "abcd")).shape() == (Shape{2, 1, 1, 2}));
    }
    void labelsWhereImagesAreExpectedAreRefused() {
        const auto file = write(header(0x08, {3}) + "abc");
        const std::string message = errorOf([&] { readIdxImages(file); });
        QVERIFY2(message.find("These look like labels") != std::string::npos, message.c_str());
    }
    void imagesWhereLabelsAreExpectedAreRefused() {
        const auto file = write(header(0x08, {1, 1, 3}) + "abc");
        const std::string message = errorOf([&] { readIdxLabels(file); });
        QVERIFY2(message.find("These look like images") != std::string::npos, message.c_str());
    }
    void negativeLabelsAreRefused() {
        const auto file = write(header(0x09, {2}) + QByteArray("\x01\xff", 2));
        const std::string message = errorOf([&] { readIdxLabels(file); });
        QVERIFY2(message.find("label 1 is -1") != std::string::npos, message.c_str());
    }
    void nanPixelsAreRefused() {
        const auto file = write(header(0x0D, {2, 1}) + bigEndian(0) + bigEndian(0x7fc00000));
        const std::string message = errorOf([&] { readIdxImages(file); });
        QVERIFY2(message.find("sample 1") != std::string::npos, message.c_str());
    }

    void mnistIsReadWhole() {
        const std::filesystem::path folder = std::filesystem::path(GRADLENS_SHARED_DATA) / "mnist10k";
        if (!std::filesystem::exists(folder)) QSKIP("the MNIST test images are not on this machine");
        const Tensor images = readIdxImages(folder / "t10k-images-idx3-ubyte.gz");
        const Tensor labels = readIdxLabels(folder / "t10k-labels-idx1-ubyte.gz");
        QVERIFY(images.shape() == (Shape{10000, 1, 28, 28}));
        QVERIFY(labels.shape() == (Shape{10000}));
        // The first digits of the published test set.
        const std::array<double, 5> first{7, 2, 1, 0, 4};
        for (std::size_t i = 0; i < first.size(); ++i) QCOMPARE(labels.at(static_cast<std::int64_t>(i)), first[i]);
    }
};

QTEST_GUILESS_MAIN(TestIdx)
#include "test_idx.moc"
