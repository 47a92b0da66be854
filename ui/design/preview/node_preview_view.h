// SPDX-License-Identifier: GPL-3.0-or-later
// What the selected layer makes of the sample, and in gradient mode what flows back to it, large, with figures: for the
// property panel. Hidden while there is nothing to show. GUI thread.
#pragma once
#include "ui/design/preview/drawing_preview.h"
#include "ui/models/selection_model.h"

#include <QWidget>

class QLabel;

namespace gradlens {

class CollapsibleSection;
class PictureView;

class NodePreviewView : public QWidget {
    Q_OBJECT
public:
    // Both must outlive it.
    NodePreviewView(DrawingPreview& preview, SelectionModel& selection, QWidget* parent = nullptr);

    PictureView* output() const { return m_output.picture; }
    PictureView* gradient() const { return m_gradient.picture; }

private:
    struct Part {
        QWidget* whole = nullptr;
        QLabel* figures = nullptr;
        PictureView* picture = nullptr;
    };
    Part makePart(const QString& title, QWidget* parent);
    void refresh();
    static void show(const Part& part, const PreviewTensor* value, bool gradient,
                     const std::shared_ptr<const Dataset>& dataset);

    DrawingPreview& m_preview;
    SelectionModel& m_selection;
    CollapsibleSection* m_section;
    Part m_output, m_gradient;
    QLabel* m_none;
};

}  // namespace gradlens
