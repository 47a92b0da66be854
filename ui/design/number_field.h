// SPDX-License-Identifier: GPL-3.0-or-later
// A field for one number of an attribute. Anything may be typed: whether it fits is for the form to say. Steps are the
// attribute's: whole numbers by one, real ones by 1-2-5 of their size. GUI thread.
#pragma once
#include "core/ops/catalogue/attributes.h"

#include <QAbstractSpinBox>

namespace gradlens {

class NumberField : public QAbstractSpinBox {
    Q_OBJECT
public:
    // spec: Integer or Real.
    explicit NumberField(AttributeSpec spec, QWidget* parent = nullptr);
    QString numberText() const;
    void setNumberText(const QString& text);  // emits nothing

    void stepBy(int steps) override;
    QValidator::State validate(QString& input, int& position) const override;

signals:
    void edited(const QString& text);  // typed or stepped by the user

protected:
    StepEnabled stepEnabled() const override;
    void wheelEvent(QWheelEvent* event) override;

private:
    AttributeSpec m_spec;
};

// The next "round" number above (up) or below a value: 0.001 -> 0.002 -> 0.005 -> 0.01; 0.5 -> 0.6 within [0, 1].
double nextStep(double value, bool up, double minimum, double maximum);

}  // namespace gradlens
