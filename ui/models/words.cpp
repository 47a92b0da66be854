// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/words.h"

#include "core/graph/words.h"

#include <QLocale>

namespace gradlens {

QString counted(qsizetype count, const QString& noun) {
    return QLocale::c().toString(count) + ' ' + noun + (count == 1 ? "" : "s");
}

QString compactNumber(double value) {
    return QString::fromStdString(words::compactNumber(value));
}

QString parameterText(std::int64_t count) {
    return QString::fromStdString(words::parameters(count));
}

QString flopsText(double flops) {
    return flops <= 0 ? QString() : QString::fromStdString(words::scaled(flops, "FLOP"));
}

QString bytesText(double bytes) {
    return QString::fromStdString(words::scaled(bytes, "B"));
}

QString shapeText(const Shape& shape, bool batchAxis) {
    return QString::fromStdString(words::shape(shape, batchAxis));
}

QString valueText(const AttributeValue& value) {
    return QString::fromStdString(words::value(value));
}

QString attributeSummary(const OpDefinition& op, const Attributes& attributes) {
    return QString::fromStdString(words::summary(op, attributes));
}

}  // namespace gradlens
