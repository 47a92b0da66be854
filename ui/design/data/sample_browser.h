// SPDX-License-Identifier: GPL-3.0-or-later
// A loaded dataset to look through: its samples, its classes, its figures. GUI thread.
#pragma once
#include "ui/design/data/figures_counter.h"
#include "ui/design/data/sample_sheet.h"

#include <QWidget>

#include <cstdint>
#include <memory>

class QComboBox;
class QLabel;
class QLineEdit;
class QSpinBox;
class QStackedWidget;
class QToolButton;

namespace gradlens {

class ClassBars;
class FeatureTable;
class ScatterView;
class SegmentedControl;

class SampleBrowser : public QWidget {
    Q_OBJECT
public:
    enum Page { Samples, Classes, Figures };

    explicit SampleBrowser(QWidget* parent = nullptr);
    // seed: what augmentation draws from.
    void setDataset(std::shared_ptr<const Dataset> dataset, std::uint64_t seed);

    SegmentedControl* pages() const { return m_pages; }
    SegmentedControl* part() const { return m_part; }
    SegmentedControl* preparation() const { return m_preparation; }
    SegmentedControl* form() const { return m_form; }
    QSpinBox* epoch() const { return m_epoch; }
    QComboBox* classFilter() const { return m_filter; }
    QLineEdit* goTo() const { return m_goTo; }
    QToolButton* pageDown() const { return m_pageDown; }
    QToolButton* pageUp() const { return m_pageUp; }
    SampleSheet& sheet() { return *m_sheet; }
    ScatterView& scatter() { return *m_scatter; }
    ClassBars& classBars() { return *m_bars; }
    FeatureTable& features() { return *m_features; }
    SampleReader& reader() { return m_reader; }
    const FiguresCounter& figures() const { return m_figures; }
    QString sizesText() const;
    QString sightText() const;
    QString sampleText() const;
    QString balanceText() const;

signals:
    void failed(const QString& message, const QString& hint);

private:
    QWidget* makeSamplesPage();
    QWidget* makeClassesPage();
    QWidget* makeFiguresPage();
    QToolButton* pageButton(const QString& icon, const QString& tip, int pages);
    bool showsValidation() const;
    void look();
    void choose();
    void fillFilter();
    void showCounted();
    void showSight();
    void showCurrent(qint64 position);
    void jump();
    void markGoTo(bool invalid);
    void setIcons();

    std::shared_ptr<const Dataset> m_dataset;
    std::uint64_t m_seed = 0;
    SampleReader m_reader;
    FiguresCounter m_figures;
    SegmentedControl *m_pages, *m_part, *m_preparation, *m_form;
    QStackedWidget *m_stack, *m_views;
    QLabel *m_sizes, *m_sight, *m_sample, *m_balance, *m_legend, *m_featureNote;
    QSpinBox* m_epoch;
    QComboBox* m_filter;
    QLineEdit* m_goTo;
    QToolButton *m_pageUp, *m_pageDown;
    SampleSheet* m_sheet;
    ScatterView* m_scatter;
    ClassBars* m_bars;
    FeatureTable* m_features;
};

}  // namespace gradlens
