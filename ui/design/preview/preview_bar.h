// SPDX-License-Identifier: GPL-3.0-or-later
// Chooses the sample of the preview and says what it is previewed with: a slim bar above the canvas, there only while
// the preview is on. GUI thread.
#pragma once
#include "ui/design/preview/drawing_preview.h"
#include "ui/design/preview/preview_actions.h"

#include <QWidget>

class QLabel;
class QSpinBox;

namespace gradlens {

class ElidedLabel;
class PictureView;
class SegmentedControl;

class PreviewBar : public QWidget {
    Q_OBJECT
public:
    // The preview must outlive it.
    PreviewBar(DrawingPreview& preview, const PreviewActions& actions, QWidget* parent = nullptr);

    QSpinBox* sampleField() const { return m_sample; }
    SegmentedControl* partChoice() const { return m_part; }
    QString labelText() const;
    QString captionText() const;

private:
    void refreshSample();
    void refreshPreview();
    QString labelOf(const Preview& preview) const;

    DrawingPreview& m_preview;
    PictureView* m_picture;
    SegmentedControl* m_part;
    QSpinBox* m_sample;
    QLabel* m_count;
    ElidedLabel* m_label;
    ElidedLabel* m_caption;
};

}  // namespace gradlens
