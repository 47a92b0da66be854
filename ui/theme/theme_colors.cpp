// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/theme_colors.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>

#include <algorithm>
#include <array>
#include <cmath>

namespace gradlens {
namespace {

constexpr std::array<const char*, kThemeColorCount> kNames{"Window",
                                                           "Canvas",
                                                           "Panel",
                                                           "Raised",
                                                           "Field",
                                                           "Hover",
                                                           "Border",
                                                           "Grid",
                                                           "Text",
                                                           "TextMuted",
                                                           "TextFaint",
                                                           "Accent",
                                                           "AccentHover",
                                                           "AccentText",
                                                           "Selection",
                                                           "Good",
                                                           "Warning",
                                                           "Danger",
                                                           "NotANumber",
                                                           "PositiveInfinite",
                                                           "NegativeInfinite",
                                                           "Negative",
                                                           "Zero",
                                                           "Positive",
                                                           "Train",
                                                           "Validation"};

QString cssColor(const QColor& color) {
    if (color.alpha() == 255) return color.name();
    return QStringLiteral("rgba(%1, %2, %3, %4)")
        .arg(color.red())
        .arg(color.green())
        .arg(color.blue())
        .arg(color.alpha());
}

double linear(double channel) {
    return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
}

double luminance(const QColor& color) {
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
}

}  // namespace

QString nameOf(ThemeColor role) {
    return QLatin1String(kNames[static_cast<std::size_t>(role)]);
}

ThemeColors ThemeColors::load(const QString& themeName) {
    QFile file(QStringLiteral(":/themes/%1.json").arg(themeName));
    const bool opened = file.open(QIODevice::ReadOnly);
    Q_ASSERT_X(opened, "ThemeColors::load", "theme is not in the resources");
    const QJsonObject root = opened ? QJsonDocument::fromJson(file.readAll()).object() : QJsonObject();
    ThemeColors theme;
    const QJsonObject colors = root["colors"].toObject();
    for (const char* name : kNames) {
        const QColor color(colors[QLatin1String(name)].toString());
        Q_ASSERT_X(color.isValid(), "ThemeColors::load", name);
        theme.m_colors.append(color);
    }
    const QJsonObject categories = root["categories"].toObject();
    for (auto it = categories.begin(); it != categories.end(); ++it)
        theme.m_categories.insert(it.key(), QColor(it.value().toString()));
    for (const QJsonValue value : root["series"].toArray()) theme.m_series.append(QColor(value.toString()));
    Q_ASSERT(!theme.m_series.isEmpty());
    return theme;
}

QColor ThemeColors::category(const QString& name) const {
    return m_categories.value(name, m_categories.value(QStringLiteral("Shape")));
}

QColor ThemeColors::series(int index) const {
    const int count = static_cast<int>(m_series.size());
    return m_series[((index % count) + count) % count];
}

QString ThemeColors::fill(const QString& sheet, const QString& themeName) const {
    static const QRegularExpression token(QStringLiteral("@([A-Za-z]+)"));
    QString result;
    qsizetype done = 0;
    for (auto it = token.globalMatch(sheet); it.hasNext();) {
        const QRegularExpressionMatch match = it.next();
        const QString name = match.captured(1);
        const auto known = std::find(kNames.begin(), kNames.end(), name);
        result += QStringView(sheet).mid(done, match.capturedStart() - done);
        if (name == QLatin1String("theme"))
            result += themeName;
        else if (known != kNames.end())
            result += cssColor(m_colors[static_cast<qsizetype>(known - kNames.begin())]);
        else
            result += match.captured();
        done = match.capturedEnd();
    }
    result += QStringView(sheet).mid(done);
    return result;
}

double contrastRatio(const QColor& a, const QColor& b) {
    const double first = luminance(a), second = luminance(b);
    return (std::max(first, second) + 0.05) / (std::min(first, second) + 0.05);
}

}  // namespace gradlens
