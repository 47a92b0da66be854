// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inspect/tensor_export.h"

#include "core/base/error.h"

#include <QObject>
#include <QSaveFile>

#include <array>
#include <bit>
#include <charconv>
#include <cmath>

namespace gradlens {

static_assert(std::endian::native == std::endian::little, "npy descriptors below say little-endian");

namespace {
template <class T>
void appendNumber(QByteArray& text, T value) {
    std::array<char, 64> digits{};
    if constexpr (std::is_floating_point_v<T>) {
        if (std::isnan(value)) {
            text += "nan";
            return;
        }
        if (std::isinf(value)) {
            text += value > 0 ? "inf" : "-inf";
            return;
        }
    }
    // Shortest text that reads back as the same number.
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    text.append(digits.data(), static_cast<int>(end - digits.data()));
}

void appendElement(QByteArray& text, const TensorView& tensor, std::int64_t element) {
    const auto at = static_cast<std::size_t>(element);
    switch (tensor.dtype()) {
        case DType::Float32:
            return appendNumber(text, tensor.as<float>()[at]);
        case DType::Float64:
            return appendNumber(text, tensor.as<double>()[at]);
        case DType::Int32:
            return appendNumber(text, tensor.as<std::int32_t>()[at]);
        case DType::UInt8:
            return appendNumber(text, static_cast<int>(tensor.as<std::uint8_t>()[at]));
    }
}
}  // namespace

QByteArray toCsv(const TensorView& tensor, const TensorPicture& picture) {
    QByteArray text;
    const int rank = tensor.shape().rank();
    if (rank >= 2 && !picture.hasGaps()) {
        for (std::int64_t row = 0; row < picture.rows(); ++row) {
            for (std::int64_t column = 0; column < picture.columns(); ++column) {
                if (column > 0) text += ',';
                appendElement(text, tensor, picture.elementAt(row, column));
            }
            text += '\n';
        }
        return text;
    }
    for (int axis = 0; axis < rank; ++axis) text += "axis" + QByteArray::number(axis) + ',';
    text += "value\n";
    for (std::int64_t element = 0; element < tensor.elements(); ++element) {
        for (const std::int64_t at : unravelled(element, tensor.shape()))
            text += QByteArray::number(static_cast<qint64>(at)) + ',';
        appendElement(text, tensor, element);
        text += '\n';
    }
    return text;
}

QByteArray toNpy(const TensorView& tensor) {
    static constexpr std::array<const char*, 4> descriptors{"<f4", "<f8", "<i4", "|u1"};
    QByteArray header = QByteArray("{'descr': '") + descriptors[static_cast<std::size_t>(tensor.dtype())] +
                        "', 'fortran_order': False, 'shape': (";
    for (const std::int64_t size : tensor.shape()) header += QByteArray::number(static_cast<qint64>(size)) + ", ";
    if (tensor.shape().rank() > 1) header.chop(2);
    if (tensor.shape().rank() == 1) header.chop(1);
    header += "), }";
    // Magic (6), version (2), length (2), header and newline come to a multiple of 64 bytes.
    while ((10 + header.size() + 1) % 64 != 0) header += ' ';
    header += '\n';
    QByteArray file("\x93NUMPY\x01\x00", 8);
    file += static_cast<char>(header.size() & 0xff);
    file += static_cast<char>(header.size() >> 8);
    file += header;
    file.append(reinterpret_cast<const char*>(tensor.data()), static_cast<qsizetype>(tensor.bytes()));
    return file;
}

void writeFile(const QString& path, const QByteArray& bytes) {
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit())
        throw Error(QObject::tr("cannot be written: %1").arg(file.errorString()).toStdString(), path.toStdString(),
                    QObject::tr("Choose another folder, or make room").toStdString());
}

}  // namespace gradlens
