// SPDX-License-Identifier: GPL-3.0-or-later
// A tensor as text or as a NumPy file, for other programs. Any thread.
#pragma once
#include "core/tensor/tensor.h"
#include "ui/widgets/tensor_picture.h"

#include <QByteArray>
#include <QString>

namespace gradlens {

// The picture's cells, a line a row, when it is one matrix; else a line per element of the tensor: its index, then its
// value. Values read back exactly; "nan", "inf", "-inf".
QByteArray toCsv(const TensorView& tensor, const TensorPicture& picture);
// NumPy's .npy, version 1.0 (numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
QByteArray toNpy(const TensorView& tensor);
// Replaces the file in one go. Throws gradlens::Error.
void writeFile(const QString& path, const QByteArray& bytes);

}  // namespace gradlens
