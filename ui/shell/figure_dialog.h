// SPDX-License-Identifier: GPL-3.0-or-later
// How a figure of the drawing is to look and as what it is written, with a preview made on a thread of its own. GUI
// thread; the drawing is copied when the dialog opens.
#pragma once
#include "core/export/figure_svg.h"
#include "core/io/project.h"

#include <QDialog>
#include <QImage>

#include <thread>

class QCheckBox;
class QComboBox;
class QLabel;

namespace gradlens {

class SegmentedControl;

// What the form says.
struct FigureWish {
    enum class Format { Svg, Png, Pdf };
    Format format = Format::Svg;
    FigureStyle style = FigureStyle::Paper;
    double scale = 2;  // pixels for a unit, of PNG
    FigureOptions options = {};
};
Figure figureOf(const Project& project, const OpCatalogue& catalogue, const FigureWish& wish);

class FigureDialog : public QDialog {
    Q_OBJECT
public:
    FigureDialog(Project project, const OpCatalogue& catalogue, const FigureWish& wish, QWidget* parent);
    ~FigureDialog() override;

    const FigureWish& wish() const { return m_wish; }
    bool hasPreview() const { return !m_picture.isNull(); }

signals:
    void copyRequested();

private:
    QWidget* makeForm();
    void readForm();
    void refresh();
    void deliver(quint64 round, const Figure& figure, const QImage& picture, const QString& fault);
    void showSize();

    Project m_project;
    const OpCatalogue& m_catalogue;
    FigureWish m_wish;
    double m_width = 0, m_height = 0;  // of the figure
    QImage m_picture;
    quint64 m_round = 0;
    QWidget* m_preview = nullptr;
    SegmentedControl *m_format = nullptr, *m_style = nullptr;
    QComboBox* m_scale = nullptr;
    QLabel *m_scaleLabel = nullptr, *m_size = nullptr;
    QCheckBox *m_attributes = nullptr, *m_shapes = nullptr, *m_parameters = nullptr, *m_notes = nullptr,
              *m_background = nullptr;
    std::jthread m_worker;  // goes first
};

}  // namespace gradlens
