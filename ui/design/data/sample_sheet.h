// SPDX-License-Identifier: GPL-3.0-or-later
// Samples to leaf through: pictures side by side, tokens as lines of text, numbers as rows of a table. Only what is in
// sight is read and painted, so that millions scroll like a hundred. GUI thread.
#pragma once
#include "ui/design/data/sample_reader.h"

#include <QAbstractScrollArea>

#include <cstdint>
#include <memory>
#include <vector>

namespace gradlens {

// Samples of a part in the order they are shown: all, or some of them.
class SampleChoice {
public:
    SampleChoice() = default;
    explicit SampleChoice(std::int64_t count) : m_count(count) {}
    explicit SampleChoice(std::vector<std::int64_t> samples);

    std::int64_t size() const { return m_count; }
    std::int64_t at(std::int64_t position) const {
        return m_some ? (*m_some)[static_cast<std::size_t>(position)] : position;
    }
    // The place of a sample, or of the first one behind it.
    std::int64_t positionOf(std::int64_t sample) const;

private:
    std::int64_t m_count = 0;
    std::shared_ptr<const std::vector<std::int64_t>> m_some;  // ascending; null: all
};

class SampleSheet : public QAbstractScrollArea {
    Q_OBJECT
public:
    // The reader must outlive it.
    explicit SampleSheet(SampleReader& reader, QWidget* parent = nullptr);

    // The samples to show, of the reader's look. The current one stays where it still is among them.
    void setChoice(const SampleChoice& choice);
    const SampleChoice& choice() const { return m_choice; }

    // Positions in the choice; current is -1 where there are no samples.
    std::int64_t current() const { return m_current; }
    void setCurrent(std::int64_t position);
    std::int64_t firstInSight() const;
    std::int64_t lastInSight() const;  // whole or in part
    void turnPage(int pages);
    QRect cellOf(std::int64_t position) const;  // in the viewport
    int columns() const { return m_columns; }

signals:
    void currentChanged(qint64 position);
    void sightChanged();

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    void measure();
    void ask();
    void reveal(std::int64_t position);
    int rowsAPage() const;
    void paintCell(QPainter& painter, std::int64_t position) const;
    void paintPicture(QPainter& painter, const QRect& cell, const Sample* sample) const;
    void paintText(QPainter& painter, const QRect& cell, std::int64_t index, const Sample* sample) const;
    void paintNumbers(QPainter& painter, const QRect& cell, std::int64_t index, const Sample* sample) const;
    void paintHeads(QPainter& painter) const;
    const Dataset* dataset() const { return m_reader.look().dataset.get(); }

    SampleReader& m_reader;
    SampleChoice m_choice;
    std::int64_t m_current = -1;
    SampleKind m_kind = SampleKind::Picture;
    int m_columns = 1, m_cellWidth = 1, m_cellHeight = 1, m_top = 0;  // top: room for the heads of columns
};

}  // namespace gradlens
