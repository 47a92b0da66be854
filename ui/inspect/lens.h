// SPDX-License-Identifier: GPL-3.0-or-later
// A tensor viewer: heatmap, slicing, distribution with colour range, statistics. Shows whatever ProbeResult it is given
// and knows nothing of where it comes from. GUI thread.
#pragma once
#include "core/train/trainer.h"
#include "ui/widgets/color_map.h"
#include "ui/widgets/tensor_picture.h"

#include <QFrame>
#include <QString>
#include <QStringList>

#include <memory>
#include <optional>

class QComboBox;
class QLabel;
class QMenu;
class QStackedLayout;
class QToolButton;

namespace gradlens {

class ElidedLabel;
class HeatmapView;
class HistogramView;
class SliceBar;
class StatisticsTable;

class Lens : public QFrame {
    Q_OBJECT
public:
    explicit Lens(QWidget* parent = nullptr);

    // Names of values, full and as shown; the user picks among them.
    void setChoices(const QStringList& values, const QStringList& labels);
    void setValue(const QString& value);  // one of the choices; emits nothing
    QString value() const;
    bool isPinned() const;
    void setPinned(bool pinned);

    void setResult(std::shared_ptr<const ProbeResult> result, TensorRole role);
    // Nothing to show, and why.
    void clear(const QString& message);
    const ProbeResult* result() const { return m_result.get(); }

    void setColorMap(std::optional<ColorMap> map);  // nothing: by the kind of value
    void setRange(double low, double high);         // keeps it until it is automatic again
    void setAutomaticRange();
    const Coloring& coloring() const { return m_coloring; }
    QString message() const;
    QString hoverText() const;

    HeatmapView& heatmap() { return *m_heatmap; }
    HistogramView& histogram() { return *m_histogram; }
    SliceBar& sliceBar() { return *m_slice; }
    StatisticsTable& statistics() { return *m_statistics; }
    QMenu& menu() { return *m_menu; }

    bool exportTo(const QString& path, QString* error);  // by suffix: .npy, .csv, .png
    void copyValue();                                    // under the pointer, or last looked at
    void copyCsv();

signals:
    void valueChosen(const QString& value);
    void pinnedChanged(bool pinned);

private:
    void buildHeader();
    void buildMenu();
    void applyIcons();
    void refresh(bool layoutChanged);
    void updateRange();
    void updateColoring();
    void updateHover(qint64 element);
    void askAndExport(const QString& suffix);
    QString messageFor(const ProbeResult& result) const;

    QComboBox* m_choice;
    QToolButton *m_pin, *m_lock, *m_more;
    QMenu* m_menu;
    QLabel* m_step;
    SliceBar* m_slice;
    QStackedLayout* m_stack;
    HeatmapView* m_heatmap;
    QLabel* m_message;
    QLabel* m_note;  // above the heatmap: all NaN, one element
    QLabel* m_hover;
    HistogramView* m_histogram;
    QLabel *m_low, *m_high;
    StatisticsTable* m_statistics;

    std::shared_ptr<const ProbeResult> m_result;
    TensorRole m_role;
    std::optional<ColorMap> m_map;
    Coloring m_coloring;
    bool m_automaticRange = true;
    std::optional<qint64> m_lastElement;
};

}  // namespace gradlens
