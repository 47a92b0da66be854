// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/tinted_icon.h"

#include <QFile>
#include <QIconEngine>
#include <QPainter>
#include <QPixmap>
#include <QPixmapCache>
#include <QSvgRenderer>

namespace gradlens {
namespace {

class TintedIconEngine : public QIconEngine {
public:
    TintedIconEngine(QString name, ThemeColor off, ThemeColor on) : m_name(std::move(name)), m_off(off), m_on(on) {}

    QIconEngine* clone() const override { return new TintedIconEngine(*this); }
    QString key() const override { return QStringLiteral("gradlens-tinted"); }
    QString iconName() override { return m_name; }
    bool isNull() override { return false; }

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State state) override {
        const qreal ratio = painter->device() ? painter->device()->devicePixelRatioF() : 1.0;
        painter->drawPixmap(rect, scaledPixmap(rect.size() * ratio, mode, state, ratio));
    }

    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
        return scaledPixmap(size, mode, state, 1.0);
    }

    // `size` is in device pixels.
    QPixmap scaledPixmap(const QSize& size, QIcon::Mode mode, QIcon::State state, qreal ratio) override {
        const QColor color = tint(mode, state);
        const QString cacheKey = QStringLiteral("gradlens-icon/%1/%2/%3x%4@%5")
                                     .arg(m_name, color.name(QColor::HexArgb))
                                     .arg(size.width())
                                     .arg(size.height())
                                     .arg(ratio);
        QPixmap pixmap;
        if (QPixmapCache::find(cacheKey, &pixmap)) return pixmap;
        pixmap = render(size, color);
        pixmap.setDevicePixelRatio(ratio);
        QPixmapCache::insert(cacheKey, pixmap);
        return pixmap;
    }

private:
    QColor tint(QIcon::Mode mode, QIcon::State state) const {
        const Theme& theme = Theme::instance();
        if (mode == QIcon::Disabled) {
            QColor color = theme.color(ThemeColor::TextFaint);
            color.setAlphaF(0.5f);
            return color;
        }
        if (mode == QIcon::Active && m_off == ThemeColor::TextMuted && state == QIcon::Off)
            return theme.color(ThemeColor::Text);
        return theme.color(state == QIcon::On ? m_on : m_off);
    }

    QPixmap render(const QSize& size, const QColor& color) const {
        QPixmap pixmap(size);
        pixmap.fill(Qt::transparent);
        QFile file(QStringLiteral(":/icons/%1.svg").arg(m_name));
        if (size.isEmpty() || !file.open(QIODevice::ReadOnly)) return pixmap;
        QSvgRenderer renderer(file.readAll().replace("currentColor", color.name().toLatin1()));
        renderer.setAspectRatioMode(Qt::KeepAspectRatio);
        QPainter painter(&pixmap);
        painter.setOpacity(color.alphaF());
        renderer.render(&painter, QRectF(QPointF(), QSizeF(size)));
        return pixmap;
    }

    QString m_name;
    ThemeColor m_off, m_on;
};

}  // namespace

QIcon tintedIcon(const QString& name, ThemeColor off, ThemeColor on) {
    if (!QFile::exists(QStringLiteral(":/icons/%1.svg").arg(name))) {
        qWarning("no icon named '%s'", qPrintable(name));
        return {};
    }
    return QIcon(new TintedIconEngine(name, off, on));
}

}  // namespace gradlens
