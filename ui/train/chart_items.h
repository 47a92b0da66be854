// SPDX-License-Identifier: GPL-3.0-or-later
// What a ChartCanvas puts into its chart: the curves, kept as a picture until something about them changes, and the
// cursor with its read-out above them. GUI thread.
#pragma once
#include "ui/train/chart_canvas.h"

#include <QGraphicsItem>
#include <QImage>

namespace gradlens {

class TraceItem : public QGraphicsItem {
public:
    explicit TraceItem(QGraphicsItem* parent) : QGraphicsItem(parent) {}

    // Draws anew with the next paint. The traces are borrowed until the next call.
    void show(const TraceView& view, const std::vector<Trace>* traces, const QString& emptyText);
    const TraceOmissions& omissions() const { return m_omissions; }
    QString note() const;
    // Paints now instead of with the next frame: so that omissions() is up to date.
    void render(double pixelRatio);

    QRectF boundingRect() const override { return m_view.plot.adjusted(-8, -8, 8, 8); }
    void paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget* widget) override;

private:
    TraceView m_view;
    const std::vector<Trace>* m_traces = nullptr;
    QString m_emptyText;
    TraceOmissions m_omissions;
    QImage m_picture;
    bool m_stale = true;
};

class CursorItem : public QGraphicsItem {
public:
    explicit CursorItem(QGraphicsItem* parent) : QGraphicsItem(parent) {}

    void show(const TraceView& view, const std::optional<CursorReadout>& readout);

    QRectF boundingRect() const override { return m_bounds; }
    void paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget* widget) override;

private:
    struct Columns {
        double label = 0, value = 0, detail = 0;
    };
    Columns columns() const;
    QRectF cardRect() const;

    TraceView m_view;
    std::optional<CursorReadout> m_readout;
    QRectF m_bounds;
};

}  // namespace gradlens
