// SPDX-License-Identifier: GPL-3.0-or-later
// Puts the preview on the cards of the canvas. GUI thread only.
#pragma once
#include "ui/design/canvas/canvas_scene.h"
#include "ui/design/preview/drawing_preview.h"

#include <QObject>

namespace gradlens {

class PreviewCards : public QObject {
    Q_OBJECT
public:
    // Scene and preview must outlive it.
    PreviewCards(CanvasScene& scene, DrawingPreview& preview, QObject* parent = nullptr);

private:
    void show();
    CanvasScene& m_scene;
    DrawingPreview& m_preview;
};

}  // namespace gradlens
