// SPDX-License-Identifier: GPL-3.0-or-later
// Samples of two numbers as points in the plane, in the colours of their classes. Reads at most kMostPoints, evenly
// spread. GUI thread.
#pragma once
#include "ui/design/data/sample_sheet.h"

#include <QWidget>

namespace gradlens {

class ScatterView : public QWidget {
    Q_OBJECT
public:
    static constexpr std::int64_t kMostPoints = 3000;

    // The reader must outlive it.
    explicit ScatterView(SampleReader& reader, QWidget* parent = nullptr);
    void setChoice(const SampleChoice& choice);
    void setCurrent(std::int64_t position);  // of the choice
    std::int64_t current() const { return m_current; }
    std::int64_t pointsShown() const;
    QPointF placeOf(std::int64_t position) const;  // of a point that is there

signals:
    void currentChanged(qint64 position);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    void ask();
    void measure();
    const Sample* sampleAt(std::int64_t position) const { return m_reader.find(m_choice.at(position)); }

    SampleReader& m_reader;
    SampleChoice m_choice;
    std::vector<std::int64_t> m_positions;  // of the points
    std::int64_t m_current = -1;
    double m_middleX = 0, m_middleY = 0, m_reach = 1;  // what is in sight: a square, or more of the longer side
};

}  // namespace gradlens
