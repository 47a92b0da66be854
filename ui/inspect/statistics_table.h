// SPDX-License-Identifier: GPL-3.0-or-later
// The figures of a tensor in two columns; counts that are bad news stand out. GUI thread.
#pragma once
#include "core/ops/catalogue/op.h"
#include "core/tensor/statistics.h"

#include <QString>
#include <QWidget>

#include <vector>

namespace gradlens {

class StatisticsTable : public QWidget {
    Q_OBJECT
public:
    explicit StatisticsTable(QWidget* parent = nullptr);

    void setFigures(const TensorType& type, const Statistics& statistics);
    void clear();
    QString valueOf(const QString& name) const;  // as shown; empty when there is no such row
    QString asText() const;                      // "name<tab>value" lines

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    enum class Tone { Plain, Faint, NotANumber, PositiveInfinite, NegativeInfinite, Warning };
    struct Row {
        QString name, value;
        Tone tone = Tone::Plain;
    };
    static constexpr int kRows = 6, kColumns = 2;
    std::vector<Row> m_rows;  // column by column
};

// Five significant digits.
QString numberText(double value);

}  // namespace gradlens
