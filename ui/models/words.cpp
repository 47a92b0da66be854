// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/words.h"

#include <QLocale>

#include <cmath>

namespace gradlens {

namespace {
QString scaled(double value, const QString& unit) {
    constexpr double kStep = 1000;
    const QStringList prefixes{"", "k", "M", "G", "T", "P", "E"};
    int prefix = 0;
    while (std::abs(value) >= kStep && prefix + 1 < prefixes.size()) {
        value /= kStep;
        ++prefix;
    }
    const int decimals = prefix == 0 || std::abs(value) >= 100 ? 0 : std::abs(value) >= 10 ? 1 : 2;
    const QString number = QLocale::c().toString(value, 'f', decimals);
    return unit.isEmpty() ? number + prefixes[prefix] : number + QChar(QChar::Nbsp) + prefixes[prefix] + unit;
}
}  // namespace

QString counted(qsizetype count, const QString& noun) {
    return QLocale::c().toString(count) + ' ' + noun + (count == 1 ? "" : "s");
}

QString compactNumber(double value) {
    constexpr double kShort = 10'000;
    if (std::abs(value) < kShort) return QLocale(QLocale::English).toString(value, 'f', 0);
    return scaled(value, {});
}

QString parameterText(std::int64_t count) {
    if (count == 0) return {};
    return compactNumber(static_cast<double>(count)) + (count == 1 ? " param" : " params");
}

QString flopsText(double flops) {
    return flops <= 0 ? QString() : scaled(flops, "FLOP");
}

QString bytesText(double bytes) {
    return scaled(bytes, "B");
}

QString shapeText(const Shape& shape, bool batchAxis) {
    if (shape.rank() == 0) return "scalar";
    QStringList sizes;
    for (int axis = 0; axis < shape.rank(); ++axis)
        sizes << (batchAxis && axis == 0 ? QString("N") : QString::number(shape[axis]));
    return sizes.join(QChar(0xd7));
}

QString valueText(const AttributeValue& value) {
    const auto* list = std::get_if<IntegerList>(&value);
    if (list == nullptr) return QString::fromStdString(toText(value));
    if (list->empty()) return "scalar";
    QStringList sizes;
    for (const std::int64_t size : *list) sizes << QString::number(size);
    return sizes.join(QChar(0xd7));
}

QString attributeSummary(const OpDefinition& op, const Attributes& attributes) {
    QStringList parts;
    bool sizeSaid = false;
    for (std::size_t i = 0; i < op.attributes.size(); ++i) {
        const AttributeSpec& spec = op.attributes[i];
        const AttributeValue* value = attributes.find(spec.name);
        if (value == nullptr) continue;
        const bool isList = spec.type == AttributeType::List;
        // The first sizes of an op are what it is about: its kernel, its shape.
        const bool leads = i == 0 || (isList && !sizeSaid);
        if (!leads && *value == spec.defaultValue) continue;
        const QString label = QString::fromStdString(spec.label).toLower();
        const QString text = valueText(*value);
        switch (spec.type) {
            case AttributeType::Boolean:
                parts << (std::get<bool>(*value) ? label : "no " + label);
                break;
            case AttributeType::Integer:
                parts << text + ' ' + label;
                break;
            case AttributeType::Choice:
            case AttributeType::Text:
            case AttributeType::Path:
                if (text != QLatin1String("none")) parts << text;
                break;
            case AttributeType::List:
            case AttributeType::RealList:
                parts << (sizeSaid ? label + ' ' + text : text);
                break;
            case AttributeType::Real:
                parts << label + ' ' + text;
                break;
        }
        sizeSaid = sizeSaid || isList;
    }
    return parts.join(", ");
}

}  // namespace gradlens
