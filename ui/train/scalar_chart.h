// SPDX-License-Identifier: GPL-3.0-or-later
// A live chart of scalars: title, legend whose entries switch curves on and off, and the curves. Its owner calls
// refresh() when there are new points, at most once a frame and only while it is visible. GUI thread.
#pragma once
#include "ui/train/chart_canvas.h"
#include "ui/train/curve.h"

#include <QFrame>
#include <QString>
#include <QTimer>

#include <functional>
#include <memory>
#include <vector>

class QLabel;
class QToolButton;
class QHBoxLayout;

namespace gradlens {

struct CurveSpec {
    QString series;  // name in the ScalarLog
    QString label;
    std::function<QColor()> color;  // asked again when the theme changes
    bool markers = false;           // few points, each of them a measurement: dots, and never smoothed
};

class ScalarChart : public QFrame {
    Q_OBJECT
public:
    ScalarChart(const QString& title, AxisUnit unit, QWidget* parent = nullptr);
    ~ScalarChart() override;

    void addCurve(const CurveSpec& spec);
    // The scalars to follow; null for none. Another object starts the curves anew.
    void setLog(std::shared_ptr<const ScalarLog> log);
    void setAxis(CurveAxis axis, double stepsPerEpoch);
    void setSmoothing(double weight);  // 0 ... 0.999
    void setLogScale(bool on);
    void setEmptyText(const QString& text);
    // Takes what is new and redraws. A long history is taken in over several frames, so that none is late.
    void refresh();

    // The cursor at x (axis units) on every chart that is linked; nothing hides it.
    void showCursor(std::optional<double> x);
    CursorReadout readoutAt(double x) const;

    ChartCanvas& canvas() { return *m_canvas; }
    const Curve& curve(std::size_t index) const { return m_entries[index]->curve; }
    std::size_t curveCount() const { return m_entries.size(); }
    bool isCurveVisible(std::size_t index) const;
    void setCurveVisible(std::size_t index, bool visible);

signals:
    void windowChanged(const gradlens::ChartWindow& window);  // zoomed or panned by hand
    void cursorMoved(double x);
    void cursorLeft();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    struct Entry {
        CurveSpec spec;
        Curve curve;
        QToolButton* chip = nullptr;
    };
    void updateTraces();
    void updateChips();

    AxisUnit m_unit;
    QHBoxLayout* m_header;
    QLabel* m_title;
    ChartCanvas* m_canvas;
    std::vector<std::unique_ptr<Entry>> m_entries;
    std::shared_ptr<const ScalarLog> m_log;
    std::optional<double> m_cursor;
    double m_smoothing = 0;
    QTimer m_catchUp;  // goes on while a long history or a smoothing is being worked out
};

}  // namespace gradlens
