// SPDX-License-Identifier: GPL-3.0-or-later
// A preview picture as a widget: as high as it wants to be at its width, its figures in the tool tip. GUI thread.
#pragma once
#include "ui/design/preview/preview_picture.h"

#include <QWidget>

#include <memory>

namespace gradlens {

class PictureView : public QWidget {
    Q_OBJECT
public:
    // mostHigh: in pixels.
    explicit PictureView(int mostHigh, QWidget* parent = nullptr);
    void setPicture(std::shared_ptr<const PreviewPicture> picture);  // null: nothing is shown
    const PreviewPicture* picture() const { return m_picture.get(); }

    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    int m_mostHigh;
    std::shared_ptr<const PreviewPicture> m_picture;
};

}  // namespace gradlens
