// SPDX-License-Identifier: GPL-3.0-or-later
// Images in PNG and JPEG files, and folders of them.
#include "core/data/dataset_source.h"
#include "core/data/image_file.h"
#include "support_errors.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <png.h>
#include <turbojpeg.h>

using namespace gradlens;

class TestImageFolder : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    DatasetEnvironment m_environment;

    std::string path(const QString& name) { return m_folder.filePath(name).toStdString(); }
    void writePng(const QString& name, unsigned height, unsigned width, const std::vector<unsigned char>& rgb) {
        QDir(m_folder.path()).mkpath(QFileInfo(name).path());
        png_image image{};
        image.version = PNG_IMAGE_VERSION;
        image.width = width;
        image.height = height;
        image.format = PNG_FORMAT_RGB;
        if (png_image_write_to_file(&image, path(name).c_str(), 0, rgb.data(), 0, nullptr) == 0)
            qFatal("cannot write the test image");
    }
    void writeJpeg(const QString& name, int size, unsigned char level) {
        QDir(m_folder.path()).mkpath(QFileInfo(name).path());
        const std::vector<unsigned char> pixels(static_cast<std::size_t>(size * size * 3), level);
        unsigned char* bytes = nullptr;
        unsigned long count = 0;
        const tjhandle encoder = tjInitCompress();
        tjCompress2(encoder, pixels.data(), size, 0, size, TJPF_RGB, &bytes, &count, TJSAMP_444, 95, 0);
        write(name, QByteArray(reinterpret_cast<const char*>(bytes), static_cast<qsizetype>(count)));
        tjFree(bytes);
        tjDestroy(encoder);
    }
    void write(const QString& name, const QByteArray& bytes) {
        QFile file(m_folder.filePath(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size()) qFatal("cannot write the test file");
    }
    QByteArray content(const QString& name) {
        QFile file(m_folder.filePath(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    void expectImageFault(const QByteArray& bytes, const char* words) {
        write("bad", bytes);
        const Error error = errorOf([&] { readImage(path("bad"), 3); });
        QVERIFY2(says(error, words) && says(error, "bad"), error.what());
    }

private slots:
    void initTestCase() { m_environment.projectFolder = m_folder.path().toStdString(); }

    void pngIsReadPlaneByPlane() {
        writePng("a.png", 1, 2, {10, 20, 30, 40, 50, 60});
        const Tensor image = readImage(path("a.png"), 3);
        QVERIFY((image.shape() == Shape{3, 1, 2}));
        const auto values = image.as<const std::uint8_t>();
        QVERIFY((std::vector<int>(values.begin(), values.end()) == std::vector<int>{10, 40, 20, 50, 30, 60}));
    }
    void greyPixelsKeepTheirLevel() {
        writePng("a.png", 1, 1, {77, 77, 77});
        QCOMPARE(readImage(path("a.png"), 1).at(0), 77.0);
    }
    void jpegIsRead() {
        writeJpeg("a.jpg", 16, 120);
        const Tensor image = readImage(path("a.jpg"), 3);
        QVERIFY((image.shape() == Shape{3, 16, 16}));
        for (std::int64_t i = 0; i < image.elements(); ++i) QVERIFY(std::abs(image.at(i) - 120) <= 1);
    }
    void halvingAnImageWeighsNeighbours() {
        Tensor image(DType::UInt8, {1, 1, 4});
        const auto values = image.as<std::uint8_t>();
        values[0] = 0, values[1] = 0, values[2] = 80, values[3] = 80;
        const Tensor half = resized(image, 1, 2);
        // Triangle of radius 2 about 0.5: weights 3/4, 3/4, 1/4 of pixels 0, 1, 2.
        QCOMPARE(half.at(0), 11.0);
        QCOMPARE(half.at(1), 69.0);
    }
    void resizingKeepsAPlainImagePlain() {
        Tensor image(DType::UInt8, {2, 5, 7});
        std::ranges::fill(image.as<std::uint8_t>(), std::uint8_t{200});
        for (const auto& [height, width] : {std::pair{3, 3}, std::pair{11, 2}, std::pair{1, 1}, std::pair{40, 40}}) {
            const Tensor other = resized(image, height, width);
            for (const std::uint8_t value : other.as<const std::uint8_t>()) QCOMPARE(value, std::uint8_t{200});
        }
    }
    void damagedImagesAreFaults() {
        writePng("a.png", 20, 20, std::vector<unsigned char>(1200, 9));
        writeJpeg("a.jpg", 64, 120);
        expectImageFault("GIF89a", "neither a PNG nor a JPEG");
        expectImageFault("x", "too short");
        for (const char* name : {"a.png", "a.jpg"}) {
            const QByteArray good = content(name);
            expectImageFault(good.left(good.size() / 2), "image");
            expectImageFault(good.left(10), "image");
        }
    }
    void imagesThatClaimTooMuchAreFaults() {
        writePng("a.png", 2, 2, std::vector<unsigned char>(12, 9));
        QByteArray bytes = content("a.png");
        bytes.replace(16, 8, QByteArray("\x00\x0f\xff\xff\x00\x0f\xff\xff", 8));
        expectImageFault(bytes, "image");
    }

    void foldersAreClassesInOrder() {
        writePng("pets/dog/1.png", 2, 2, std::vector<unsigned char>(12, 50));
        writePng("pets/cat/1.PNG", 4, 4, std::vector<unsigned char>(48, 100));
        writeJpeg("pets/cat/2.jpeg", 8, 200);
        write("pets/cat/notes.txt", "not an image");
        const auto dataset = loadDataset(
            {"images", {{"folder", std::string("pets")}, {"size", IntegerList{2, 2}}, {"validation", 0.0}}, {}},
            m_environment);
        QVERIFY((dataset->classNames == std::vector<std::string>{"cat", "dog"}));
        QCOMPARE(dataset->train.size(), 3);
        const Arena arena(2);
        Tensor features(DType::Float32, {3, 3, 2, 2}), labels(DType::Int32, {3});
        const std::vector<std::int64_t> indices{0, 1, 2};
        gather(arena, *dataset, dataset->train, indices, features.view(), labels.view());
        QCOMPARE(features.at(0), static_cast<double>(100 * (1.0f / 255)));
        QVERIFY(std::abs(features.at(12) - 200.0 / 255) < 0.01);
        QCOMPARE(labels.at(1), 0.0);
        QCOMPARE(labels.at(2), 1.0);
    }
    void trainAndValFoldersAreTheTwoParts() {
        for (const char* name : {"two/train/a/1.png", "two/train/b/1.png", "two/val/b/1.png"})
            writePng(name, 1, 1, {1, 2, 3});
        const auto dataset = loadDataset({"images", {{"folder", std::string("two")}}, {}}, m_environment);
        QCOMPARE(dataset->train.size(), 2);
        QCOMPARE(dataset->validation.size(), 1);
    }
    void aFolderWithoutClassesIsAFault() {
        QDir(m_folder.path()).mkpath("empty");
        const Error error =
            errorOf([&] { loadDataset({"images", {{"folder", std::string("empty")}}, {}}, m_environment); });
        QVERIFY2(says(error, "one a class is expected"), error.what());
    }
};

QTEST_GUILESS_MAIN(TestImageFolder)
#include "test_image_folder.moc"
