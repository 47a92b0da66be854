// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/preview/picture_view.h"

#include <QPainter>

namespace gradlens {

PictureView::PictureView(int mostHigh, QWidget* parent) : QWidget(parent), m_mostHigh(mostHigh) {
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

void PictureView::setPicture(std::shared_ptr<const PreviewPicture> picture) {
    const int before = heightForWidth(width());
    m_picture = std::move(picture);
    const QString summary = m_picture ? m_picture->summary() : QString();
    setToolTip(summary);
    setAccessibleDescription(summary);
    if (heightForWidth(width()) != before) updateGeometry();
    update();
}

int PictureView::heightForWidth(int width) const {
    return m_picture ? m_picture->heightFor(width, m_mostHigh) : 0;
}

QSize PictureView::sizeHint() const {
    constexpr int kWidth = 200;
    return {kWidth, heightForWidth(std::max(width(), kWidth))};
}

void PictureView::paintEvent(QPaintEvent*) {
    if (!m_picture) return;
    QPainter painter(this);
    m_picture->paint(painter, rect());
}

}  // namespace gradlens
