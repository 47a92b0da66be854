// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/number_field.h"

#include <QLineEdit>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace gradlens {

double nextStep(double value, bool up, double minimum, double maximum) {
    // A share of one moves in twentieths, but a small one still by its size.
    constexpr double kShareStep = 0.05;
    if (minimum >= 0 && maximum <= 1 && value >= 0.1 - 1e-12) {
        const double steps = value / kShareStep;
        return (up ? std::floor(steps + 1 + 1e-9) : std::ceil(steps - 1 - 1e-9)) * kShareStep;
    }
    if (value == 0) return up ? 0.001 : -0.001;
    const bool grow = up == (value > 0);
    const double magnitude = std::abs(value);
    const double decade = std::pow(10.0, std::floor(std::log10(magnitude) + 1e-9));
    constexpr double kSteps[] = {0.5, 1, 2, 5, 10};
    double next = magnitude;
    if (grow) {
        for (const double step : kSteps)
            if (step * decade > magnitude * (1 + 1e-9)) {
                next = step * decade;
                break;
            }
    } else {
        for (const double step : kSteps)
            if (step * decade < magnitude * (1 - 1e-9)) next = step * decade;
    }
    return value > 0 ? next : -next;
}

NumberField::NumberField(AttributeSpec spec, QWidget* parent) : QAbstractSpinBox(parent), m_spec(std::move(spec)) {
    setAccessibleName(QString::fromStdString(m_spec.label));
    setKeyboardTracking(true);
    connect(lineEdit(), &QLineEdit::textEdited, this, &NumberField::edited);
}

QString NumberField::numberText() const {
    return lineEdit()->text();
}

void NumberField::setNumberText(const QString& text) {
    if (text != lineEdit()->text()) lineEdit()->setText(text);
}

QValidator::State NumberField::validate(QString&, int&) const {
    return QValidator::Acceptable;
}

QAbstractSpinBox::StepEnabled NumberField::stepEnabled() const {
    bool isNumber = false;
    const double value = lineEdit()->text().toDouble(&isNumber);
    StepEnabled enabled = StepNone;
    if (!isNumber || value < m_spec.maximum) enabled |= StepUpEnabled;
    if (!isNumber || value > m_spec.minimum) enabled |= StepDownEnabled;
    return enabled;
}

void NumberField::stepBy(int steps) {
    bool isNumber = false;
    double value = lineEdit()->text().toDouble(&isNumber);
    QString text;
    if (m_spec.type == AttributeType::Integer) {
        bool isWhole = false;
        qint64 whole = lineEdit()->text().trimmed().toLongLong(&isWhole);
        whole = isWhole ? whole + steps : std::get<std::int64_t>(m_spec.defaultValue);
        constexpr double kLargestWhole = 9.0e18;
        const double low = std::max(m_spec.minimum, -kLargestWhole), high = std::min(m_spec.maximum, kLargestWhole);
        whole = std::clamp(whole, static_cast<qint64>(low), static_cast<qint64>(high));
        text = QString::number(whole);
    } else {
        if (!isNumber) value = std::get<double>(m_spec.defaultValue);
        for (int left = std::abs(steps); left > 0 && isNumber; --left)
            value = nextStep(value, steps > 0, m_spec.minimum, m_spec.maximum);
        text = QString::number(std::clamp(value, m_spec.minimum, m_spec.maximum), 'g', 10);
    }
    lineEdit()->setText(text);
    lineEdit()->selectAll();
    emit edited(text);
}

void NumberField::wheelEvent(QWheelEvent* event) {
    // Scrolling a form must not change what it passes over.
    if (hasFocus()) {
        QAbstractSpinBox::wheelEvent(event);
    } else {
        event->ignore();
    }
}

}  // namespace gradlens
