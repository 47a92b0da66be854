// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/io/atomic_file.h"
#include "core/io/safetensors.h"
#include "tests/core/support_errors.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <nlohmann/json.hpp>

#include <cstring>
#include <functional>
#include <limits>
#include <numeric>

using namespace gradlens;
namespace fs = std::filesystem;

namespace {
std::string fileOf(std::string_view header, std::string_view data, std::uint64_t claimed) {
    std::string file(sizeof claimed, '\0');
    std::memcpy(file.data(), &claimed, sizeof claimed);
    return file.append(header).append(data);
}

std::string fileOf(std::string_view header, std::string_view data) {
    return fileOf(header, data, header.size());
}

template <class T>
Tensor ramp(const Shape& shape, T first) {
    Tensor tensor(dtypeOf<T>, shape);
    std::iota(tensor.as<T>().begin(), tensor.as<T>().end(), first);
    return tensor;
}

bool sameBits(const TensorView& a, const TensorView& b) {
    return a.dtype() == b.dtype() && a.shape() == b.shape() &&
           (a.bytes() == 0 || std::memcmp(a.data(), b.data(), a.bytes()) == 0);
}
}  // namespace

class TestSafetensors : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;
    fs::path m_file;

    Error errorOfReading(const std::string& bytes) {
        writeFileAtomically(m_file, bytes);
        return errorOf([&] { readSafetensors(m_file); });
    }

private slots:
    void init() {
        m_file = fs::path(m_folder.path().toStdString()) / (std::string(QTest::currentTestFunction()) + ".safetensors");
    }

    void everyDtypeComesBackBitForBit() {
        Tensor odd = ramp<float>({2, 3}, -1.5f);
        odd.as<float>()[0] = std::numeric_limits<float>::quiet_NaN();
        odd.as<float>()[1] = -std::numeric_limits<float>::infinity();
        const Tensor doubles = ramp<double>({5}, 0.1), integers = ramp<std::int32_t>({2, 1, 2}, -2),
                     bytes = ramp<std::uint8_t>({3}, 250);
        const std::vector<NamedTensor> tensors{
            {"bytes", bytes.view()}, {"odd", odd.view()}, {"integers", integers.view()}, {"doubles", doubles.view()}};
        writeSafetensors(m_file, tensors);

        const SafetensorsContents contents = readSafetensors(m_file);
        QCOMPARE(contents.tensors.size(), tensors.size());
        for (const NamedTensor& written : tensors) {
            const Tensor* read = contents.find(written.name);
            QVERIFY2(read != nullptr && sameBits(read->view(), written.tensor), written.name.c_str());
        }
    }

    void scalarsAndEmptyTensorsComeBack() {
        const Tensor scalar = ramp<float>({}, 7.0f), none = ramp<float>({0, 3}, 0.0f);
        writeSafetensors(m_file, std::vector<NamedTensor>{{"scalar", scalar.view()}, {"none", none.view()}});
        const SafetensorsContents contents = readSafetensors(m_file);
        QVERIFY(sameBits(contents.find("scalar")->view(), scalar.view()));
        QVERIFY(contents.find("none")->shape() == none.shape());
    }

    void metadataComesBack() {
        const SafetensorsMetadata metadata{{"step", "12"}, {"odd \"key\"\n", "ünïcode"}};
        writeSafetensors(m_file, {}, metadata);
        QVERIFY(SafetensorsReader(m_file).metadata() == metadata);
    }

    void theDataIsAlignedAndWithoutAGap() {
        const Tensor bytes = ramp<std::uint8_t>({3}, 1), floats = ramp<float>({2}, 1.0f),
                     doubles = ramp<double>({1}, 1.0);
        writeSafetensors(m_file,
                         std::vector<NamedTensor>{{"u", bytes.view()}, {"f", floats.view()}, {"d", doubles.view()}});
        const std::string file = readFile(m_file, 10'000);
        std::uint64_t header = 0;
        std::memcpy(&header, file.data(), sizeof header);
        QCOMPARE((header + 8) % 64, std::uint64_t{0});
        QCOMPARE(file.size(), header + 8 + 3 + 8 + 8);
        const SafetensorsReader reader(m_file);
        for (const SafetensorsEntry& entry : reader.entries())
            QCOMPARE(entry.begin % sizeOf(entry.dtype), std::uint64_t{0});
    }

    void oneTensorIsReadIntoMemoryThatIsThere() {
        const Tensor a = ramp<float>({4}, 1.0f), b = ramp<float>({4}, 5.0f);
        writeSafetensors(m_file, std::vector<NamedTensor>{{"a", a.view()}, {"b", b.view()}});
        const SafetensorsReader reader(m_file);
        QVERIFY(reader.find("c") == nullptr);
        Tensor target = Tensor::zeros(DType::Float32, {4});
        reader.readInto(*reader.find("b"), target.view());
        QVERIFY(sameBits(target.view(), b.view()));
    }

    void numPyReadsTheFileByTheSpecification() {
        QProcess python;
        python.start("/usr/bin/python3", {"-c", "import numpy"});
        if (!python.waitForFinished() || python.exitCode() != 0) QSKIP("python3 with numpy is not installed");
        const Tensor weights = ramp<float>({2, 3}, 0.5f), labels = ramp<std::int32_t>({2}, 7);
        writeSafetensors(m_file, std::vector<NamedTensor>{{"labels", labels.view()}, {"weights", weights.view()}},
                         {{"step", "3"}});
        python.start(
            "/usr/bin/python3",
            {"-c",
             "import sys, json, numpy as np\n"
             "b = open(sys.argv[1], 'rb').read()\n"
             "n = int.from_bytes(b[:8], 'little')\n"
             "h = json.loads(b[8:8 + n]); d = b[8 + n:]\n"
             "t = {'F32': np.float32, 'I32': np.int32}\n"
             "g = lambda k: np.frombuffer(d[slice(*h[k]['data_offsets'])], t[h[k]['dtype']]).reshape(h[k]['shape'])\n"
             "print(h['__metadata__']['step'], g('weights').tolist(), g('labels').tolist())",
             QString::fromStdString(m_file.string())});
        QVERIFY(python.waitForFinished());
        QCOMPARE(QString::fromUtf8(python.readAllStandardOutput()).trimmed(),
                 QString("3 [[0.5, 1.5, 2.5], [3.5, 4.5, 5.5]] [7, 8]"));
    }

    void aFileOfTheReferenceImplementationIsRead() {
        const float value = 2.5f;
        std::string data(sizeof value, '\0');
        std::memcpy(data.data(), &value, sizeof value);
        writeFileAtomically(
            m_file,
            fileOf(R"({"__metadata__":{"format":"pt"},"w":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]}}   )",
                   data));
        const SafetensorsContents contents = readSafetensors(m_file);
        QCOMPARE(contents.metadata.at("format"), std::string("pt"));
        QCOMPARE(contents.find("w")->at(0), 2.5);
    }

    void faultyFilesAreRefusedWithTheReason_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("words");
        const auto row = [](const char* name, const std::string& bytes, const char* words) {
            QTest::newRow(name) << QByteArray::fromStdString(bytes) << words;
        };
        const std::string four(4, '\0'), eight(8, '\0');
        row("empty", "", "too short");
        row("seven bytes", "1234567", "too short");
        row("header past the end", fileOf("{}", "", 3), "claims a header");
        row("header of 2^64-1 bytes", fileOf("{}", "", ~std::uint64_t{0}), "claims a header");
        row("no header", fileOf("", ""), "does not begin with {");
        row("a list", fileOf("[]", ""), "does not begin with {");
        row("cut JSON", fileOf(R"({"w":{"dtype")", ""), "line 1, column 14: unexpected end of input");
        row("nested", fileOf(R"({"w":[[[[[[[[]]]]]]]]})", ""), "nested more than 4 deep");
        row("twice",
            fileOf(
                R"({"w":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"w":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}})",
                "ab"),
            "there twice");
        row("not an object", fileOf(R"({"w":3})", ""), "not an object");
        row("no dtype", fileOf(R"({"w":{"shape":[1],"data_offsets":[0,4]}})", four), "has no dtype");
        row("dtype is a number", fileOf(R"({"w":{"dtype":3,"shape":[1],"data_offsets":[0,4]}})", four),
            "dtype is not text");
        row("half floats", fileOf(R"({"w":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}})", four), "\"BF16\"");
        row("no shape", fileOf(R"({"w":{"dtype":"F32","data_offsets":[0,4]}})", four), "has no shape");
        row("negative size", fileOf(R"({"w":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})", four),
            "whole numbers");
        row("fraction", fileOf(R"({"w":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}})", four), "whole numbers");
        row("nine dimensions",
            fileOf(R"({"w":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]}})", four), "9 dimensions");
        row("size overflows",
            fileOf(R"({"w":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}})", four), "too large");
        row("bytes overflow",
            fileOf(R"({"w":{"dtype":"F64","shape":[9223372036854775807],"data_offsets":[0,8]}})", eight), "too large");
        row("size past 2^63",
            fileOf(R"({"w":{"dtype":"F32","shape":[18446744073709551615],"data_offsets":[0,4]}})", four), "too large");
        row("one offset", fileOf(R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[0]}})", four), "two numbers");
        row("backwards", fileOf(R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}})", four),
            "ends before it begins");
        row("wrong length", fileOf(R"({"w":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})", four),
            "needs 8 bytes, and its data has 4 bytes");
        row("overlap",
            fileOf(
                R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}})",
                eight),
            "overlaps");
        row("gap", fileOf(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})", eight), "gap");
        row("cut data", fileOf(R"({"a":{"dtype":"F32","shape":[1000],"data_offsets":[0,4000]}})", four),
            "is cut short");
        row("left over", fileOf(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", eight),
            "belong to no tensor");
        row("metadata is a list", fileOf(R"({"__metadata__":[]})", ""), "__metadata__ is not an object");
        row("metadata is a number", fileOf(R"({"__metadata__":{"a":1}})", ""), "not text");
        row("bad UTF-8", fileOf("{\"\xff\":1}", ""), "not valid JSON");
    }
    void faultyFilesAreRefusedWithTheReason() {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, words);
        const Error error = errorOfReading(bytes.toStdString());
        QVERIFY2(says(error, words.toStdString()), error.what());
        QVERIFY2(says(error, m_file.string()), error.what());
        QVERIFY(!error.hint().empty());
    }

    void aHeaderPastTheLimitIsRefusedBeforeItIsRead() {
        writeFileAtomically(m_file, fileOf("{}", "", 200'000'000));
        fs::resize_file(m_file, 300'000'000);  // a hole: takes no room on the disk
        const Error error = errorOf([&] { SafetensorsReader reader(m_file); });
        QVERIFY2(says(error, "at most 100 MB"), error.what());
    }

    void aMissingFileIsNamed() {
        const Error error = errorOf([&] { SafetensorsReader reader(m_file); });
        QVERIFY2(says(error, m_file.string()) && says(error, "no such file"), error.what());
    }
};

QTEST_GUILESS_MAIN(TestSafetensors)
#include "test_safetensors.moc"
