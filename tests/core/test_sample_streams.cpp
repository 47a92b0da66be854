// SPDX-License-Identifier: GPL-3.0-or-later
// Samples read from files while training: CIFAR and NumPy arrays, whole, cut short, hostile.
#include "core/data/dataset_source.h"
#include "core/data/loader.h"
#include "core/data/npy.h"
#include "core/data/zip.h"
#include "support_errors.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <limits>
#include <zlib.h>

using namespace gradlens;

namespace {
QByteArray littleEndian(quint64 value, int width) {
    QByteArray bytes;
    for (int i = 0; i < width; ++i) bytes.append(static_cast<char>(value >> (8 * i) & 0xff));
    return bytes;
}

QByteArray npy(const QByteArray& descr, const QByteArray& shape, const QByteArray& elements,
               const QByteArray& fortran = "False") {
    QByteArray header = "{'descr': '" + descr + "', 'fortran_order': " + fortran + ", 'shape': " + shape + ", }";
    while ((header.size() + 11) % 64 != 0) header += ' ';
    header += '\n';
    return QByteArray("\x93NUMPY\x01\x00", 8) + littleEndian(static_cast<quint64>(header.size()), 2) + header +
           elements;
}

template <class T>
QByteArray bytesOf(const QList<T>& values) {
    return {reinterpret_cast<const char*>(values.data()), static_cast<qsizetype>(sizeof(T)) * values.size()};
}

QByteArray deflated(QByteArray content) {
    z_stream stream{};
    deflateInit2(&stream, 6, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
    QByteArray result(static_cast<qsizetype>(deflateBound(&stream, static_cast<uLong>(content.size()))), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(content.data());
    stream.avail_in = static_cast<uInt>(content.size());
    stream.next_out = reinterpret_cast<Bytef*>(result.data());
    stream.avail_out = static_cast<uInt>(result.size());
    deflate(&stream, Z_FINISH);
    result.resize(static_cast<qsizetype>(stream.total_out));
    deflateEnd(&stream);
    return result;
}

QByteArray zip(const QList<std::pair<QByteArray, QByteArray>>& entries, bool compress) {
    QByteArray file, directory;
    for (const auto& [name, content] : entries) {
        const QByteArray stored = compress ? deflated(content) : content;
        const auto checksum =
            crc32(0, reinterpret_cast<const Bytef*>(content.data()), static_cast<uInt>(content.size()));
        const QByteArray common = littleEndian(20, 2) + littleEndian(0, 2) + littleEndian(compress ? 8 : 0, 2) +
                                  littleEndian(0, 4) + littleEndian(checksum, 4) +
                                  littleEndian(static_cast<quint64>(stored.size()), 4) +
                                  littleEndian(static_cast<quint64>(content.size()), 4) +
                                  littleEndian(static_cast<quint64>(name.size()), 2) + littleEndian(0, 2);
        directory += "PK\1\2" + littleEndian(20, 2) + common + littleEndian(0, 10) +
                     littleEndian(static_cast<quint64>(file.size()), 4) + name;
        file += "PK\3\4" + common + name + stored;
    }
    const auto count = static_cast<quint64>(entries.size());
    return file + directory + "PK\5\6" + littleEndian(0, 4) + littleEndian(count, 2) + littleEndian(count, 2) +
           littleEndian(static_cast<quint64>(directory.size()), 4) +
           littleEndian(static_cast<quint64>(file.size()), 4) + littleEndian(0, 2);
}

// Row r of a CIFAR-10 file: label r % 10, every pixel r % 256.
QByteArray cifarRows(int rows) {
    QByteArray bytes;
    for (int row = 0; row < rows; ++row)
        bytes += static_cast<char>(row % 10) + QByteArray(3072, static_cast<char>(row));
    return bytes;
}
}  // namespace

class TestSampleStreams : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    DatasetEnvironment m_environment;

    QString write(const QString& name, const QByteArray& bytes) {
        QFile file(m_folder.filePath(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size()) qFatal("cannot write the test file");
        return file.fileName();
    }
    void writeCifar() {
        for (int i = 1; i <= 5; ++i) write(QString("data_batch_%1.bin").arg(i), cifarRows(20));
        write("test_batch.bin", cifarRows(10));
    }
    std::shared_ptr<const Dataset> cifar() {
        return loadDataset({"cifar", {{"folder", std::string(".")}, {"normalise", std::string("none")}}, {}},
                           m_environment);
    }
    DatasetSpec npz(const QByteArray& bytes) {
        write("data.npz", bytes);
        return {"numpy",
                {{"features", std::string("data.npz")}, {"validation", 0.0}, {"normalise", std::string("none")}},
                {}};
    }
    void expectFault(const DatasetSpec& spec, const char* words) {
        const Error error = errorOf([&] { loadDataset(spec, m_environment); });
        QVERIFY2(says(error, words), error.what());
        QVERIFY2(!error.where().empty() && !error.hint().empty(), error.what());
    }
    void expectArrayFault(const QByteArray& bytes, const char* words) {
        const auto file = write("array.npy", bytes).toStdString();
        const Error error = errorOf([&] { openNpy(file, ""); });
        QVERIFY2(says(error, words), error.what());
        QVERIFY2(says(error, "array.npy"), error.what());
    }

private slots:
    void initTestCase() { m_environment.projectFolder = m_folder.path().toStdString(); }

    void cifarIsReadFromItsFiles() {
        writeCifar();
        const auto dataset = cifar();
        QCOMPARE(dataset->train.size(), 100);
        QCOMPARE(dataset->validation.size(), 10);
        QVERIFY((dataset->featureShape == Shape{3, 32, 32}));
        QCOMPARE(dataset->classNames.size(), std::size_t{10});
        const Arena arena(2);
        Tensor features(DType::Float32, {2, 3, 32, 32}), labels(DType::Int32, {2});
        const std::vector<std::int64_t> indices{99, 21};
        gather(arena, *dataset, dataset->train, indices, features.view(), labels.view());
        QCOMPARE(features.at(0), 19.0);
        QCOMPARE(features.at(2 * 3072 - 1), 1.0);
        QCOMPARE(labels.at(0), 9.0);
        QCOMPARE(labels.at(1), 1.0);
    }
    void cifarIsStandardisedAsAWhole() {
        writeCifar();
        const auto dataset = loadDataset({"cifar", {{"folder", std::string(".")}}, {}}, m_environment);
        QCOMPARE(dataset->scaling.mean, (std::vector<float>{9.5f, 9.5f, 9.5f}));
        QVERIFY(std::abs(dataset->scaling.scale[0] - 1 / 5.7662812f) < 1e-6f);
    }
    void classWeightsOfAStreamCountItsLabels() {
        for (int i = 1; i <= 5; ++i)
            write(QString("data_batch_%1.bin").arg(i), cifarRows(12));  // classes 0 and 1 twice a file
        const auto dataset =
            loadDataset({"cifar", {{"folder", std::string(".")}}, {{"class_weights", {}}}}, m_environment);
        QCOMPARE(dataset->classWeights[0], 60.0 / (10 * 10));
        QCOMPARE(dataset->classWeights[2], 60.0 / (10 * 5));
    }
    void aCifarFileCutShortIsNamedWithItsRow() {
        writeCifar();
        write("data_batch_3.bin", cifarRows(20).chopped(1));
        const Error error = errorOf([&] { cifar(); });
        QVERIFY2(says(error, "data_batch_3.bin") && says(error, "row 20"), error.what());
    }
    void aCifarLabelBeyondTheClassesIsNamedWithItsRow() {
        writeCifar();
        write("test_batch.bin", cifarRows(3) + char(10) + QByteArray(3072, 0));
        const Error error = errorOf([&] { cifar(); });
        QVERIFY2(says(error, "test_batch.bin") && says(error, "row 4 has the label 10"), error.what());
    }
    void aFileCutShortWhileItTrainsIsNamedAndTheLoaderGoesOn() {
        writeCifar();
        const auto dataset = cifar();
        const Arena arena(2);
        Loader loader(arena, dataset, dataset->train, BatchOrder(100, 10, 1, false), DType::Float32);
        QCOMPARE(loader.batch(0).labels.at(3), 3.0);
        QVERIFY(QFile::resize(m_folder.filePath("data_batch_2.bin"), 3073 * 5 + 100));
        const Error error = errorOf([&] {
            for (std::int64_t step = 1; step < 4; ++step) loader.batch(step);
        });
        QVERIFY2(says(error, "data_batch_2.bin") && says(error, "sample 6"), error.what());
        QCOMPARE(loader.batch(8).labels.at(3), 3.0);
    }

    void arraysOfEveryTypeAreRead() {
        struct Case {
            const char* descr;
            QByteArray elements;
        };
        const QList<Case> cases{{"|u1", bytesOf(QList<quint8>{1, 2, 3, 4})},
                                {"|i1", bytesOf(QList<qint8>{1, 2, 3, 4})},
                                {"<i2", bytesOf(QList<qint16>{1, 2, 3, 4})},
                                {"<u2", bytesOf(QList<quint16>{1, 2, 3, 4})},
                                {"<i4", bytesOf(QList<qint32>{1, 2, 3, 4})},
                                {"<u4", bytesOf(QList<quint32>{1, 2, 3, 4})},
                                {"<i8", bytesOf(QList<qint64>{1, 2, 3, 4})},
                                {"<f2", bytesOf(QList<quint16>{0x3c00, 0x4000, 0x4200, 0x4400})},
                                {"<f4", bytesOf(QList<float>{1, 2, 3, 4})},
                                {"<f8", bytesOf(QList<double>{1, 2, 3, 4})}};
        for (const Case& each : cases) {
            const auto array = openNpy(write("array.npy", npy(each.descr, "(2, 2)", each.elements)).toStdString(), "");
            QVERIFY((array.shape == Shape{2, 2}));
            std::vector<std::byte> row(static_cast<std::size_t>(2 * sizeOf(array.type)));
            array.bytes->read(array.first + static_cast<std::int64_t>(row.size()), row, "row 2");
            float values[2];
            convertRow(array.type, row.data(), 2, DType::Float32, values);
            QVERIFY2(values[0] == 3 && values[1] == 4, each.descr);
        }
    }
    void storedAndCompressedArchivesGiveTheSameSamples() {
        const QList<std::pair<QByteArray, QByteArray>> arrays{
            {"features.npy", npy("<f8", "(3, 2)", bytesOf(QList<double>{1, 2, 3, 4, 5, 6}))},
            {"labels.npy", npy("<i8", "(3,)", bytesOf(QList<qint64>{0, 2, 1}))}};
        for (const bool compress : {false, true}) {
            const auto dataset = loadDataset(npz(zip(arrays, compress)), m_environment);
            QCOMPARE(dataset->train.size(), 3);
            QCOMPARE(dataset->classNames.size(), std::size_t{3});
            float features[2];
            std::int32_t label = -1;
            dataset->train.stream->read(1, features, &label);
            QCOMPARE(features[1], 4.0f);
            QCOMPARE(label, 2);
        }
    }
    void aShareOfAStreamIsKeptForValidation() {
        QList<float> values(40);
        QList<qint32> labels(20);
        for (qsizetype i = 0; i < 20; ++i) values[2 * i] = static_cast<float>(i), labels[i] = static_cast<qint32>(i);
        DatasetSpec spec = npz(zip({{"features.npy", npy("<f4", "(20, 2)", bytesOf(values))},
                                    {"labels.npy", npy("<i4", "(20,)", bytesOf(labels))}},
                                   false));
        spec.attributes.set("validation", 0.25);
        const auto dataset = loadDataset(spec, m_environment);
        std::vector<bool> seen(20);
        for (const DatasetPart* part : {&dataset->train, &dataset->validation})
            for (std::int64_t i = 0; i < part->size(); ++i) {
                float features[2];
                std::int32_t label = -1;
                part->stream->read(i, features, &label);
                QCOMPARE(features[0], static_cast<float>(label));
                QVERIFY(!seen[static_cast<std::size_t>(label)]);
                seen[static_cast<std::size_t>(label)] = true;
            }
        QCOMPARE(dataset->validation.size(), 5);
        QVERIFY(std::ranges::all_of(seen, [](bool each) { return each; }));
    }
    void aNanIsNamedWithRowAndColumn() {
        expectFault(
            npz(zip({{"features.npy",
                      npy("<f4", "(2, 2)", bytesOf(QList<float>{1, 2, 3, std::numeric_limits<float>::quiet_NaN()}))},
                     {"labels.npy", npy("<i4", "(2,)", bytesOf(QList<qint32>{0, 1}))}},
                    false)),
            "row 2, column 2");
    }
    void aLabelThatIsNoClassIsNamedWithItsRow() {
        expectFault(npz(zip({{"features.npy", npy("<f4", "(2,)", bytesOf(QList<float>{1, 2}))},
                             {"labels.npy", npy("<i4", "(2,)", bytesOf(QList<qint32>{0, -3}))}},
                            false)),
                    "row 2, column 1 has the label -3");
    }
    void anArrayThatIsNotThereIsNamedWithThoseThatAre() {
        expectFault(npz(zip({{"x.npy", npy("<f4", "(1,)", bytesOf(QList<float>{1}))}}, false)), "It has x");
    }
    void otherNumbersOfLabelsThanSamplesAreAFault() {
        expectFault(npz(zip({{"features.npy", npy("<f4", "(2,)", bytesOf(QList<float>{1, 2}))},
                             {"labels.npy", npy("<i4", "(1,)", bytesOf(QList<qint32>{0}))}},
                            false)),
                    "2 samples");
    }
    void damagedAndHostileArraysAreFaults() {
        const QByteArray four = bytesOf(QList<float>{1, 2, 3, 4}), good = npy("<f4", "(2, 2)", four);
        expectArrayFault(good.chopped(4), "row 2 is cut short");
        expectArrayFault("text", "too short");
        expectArrayFault(QByteArray(100, 'x'), "not a NumPy array");
        expectArrayFault(good.left(60), "ends within the NPY header");
        expectArrayFault(npy("|O", "(2, 2)", four), "type '|O'");
        expectArrayFault(npy(">f4", "(2, 2)", four), "type '>f4'");
        expectArrayFault(npy("<f4", "(2, 2)", four, "True"), "column by column");
        expectArrayFault(npy("<f4", "()", four), "has no shape");
        expectArrayFault(npy("<f4", "(0, 4)", four), "has no shape");
        expectArrayFault(npy("<f4", "(-1, 4)", four), "has no shape");
        expectArrayFault(npy("<f4", "(9223372036854775807, 9223372036854775807)", four), "more than any file can");
        expectArrayFault(npy("<f4", "(99999999999999999999,)", four), "has no shape");
        expectArrayFault(npy("<f4", "(1,1,1,1,1,1,1,1,1,1)", four), "has no shape");
    }
    void archivesCutOrChangedAnywhereAreFaultsOrStillGood() {
        const QByteArray good = zip({{"features.npy", npy("<f4", "(2, 2)", bytesOf(QList<float>{1, 2, 3, 4}))},
                                     {"labels.npy", npy("<i4", "(2,)", bytesOf(QList<qint32>{0, 1}))}},
                                    true);
        const auto mayFail = [&](const QByteArray& bytes) {
            const DatasetSpec spec = npz(bytes);
            try {
                loadDataset(spec, m_environment);
            } catch (const Error& error) {
                QVERIFY2(!error.where().empty(), error.what());
            }
        };
        for (qsizetype length = 0; length < good.size(); ++length) mayFail(good.left(length));
        for (qsizetype at = 0; at < good.size(); ++at)
            for (const char value : {'\0', '\x7f', '\xff'}) {
                QByteArray changed = good;
                changed[at] = value;
                mayFail(changed);
            }
    }
};

QTEST_GUILESS_MAIN(TestSampleStreams)
#include "test_sample_streams.moc"
