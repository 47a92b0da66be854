// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/banner.h"

#include "ui/theme/theme.h"

#include <QAccessible>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

namespace gradlens {
namespace {

constexpr int kMostBanners = 3;

ThemeColor colorOf(BannerMessage::Kind kind) {
    switch (kind) {
        case BannerMessage::Kind::Info:
            return ThemeColor::Accent;
        case BannerMessage::Kind::Good:
            return ThemeColor::Good;
        case BannerMessage::Kind::Warning:
            return ThemeColor::Warning;
        case BannerMessage::Kind::Error:
            return ThemeColor::Danger;
    }
    return ThemeColor::Accent;
}

QString iconOf(BannerMessage::Kind kind) {
    switch (kind) {
        case BannerMessage::Kind::Info:
            return QStringLiteral("info");
        case BannerMessage::Kind::Good:
            return QStringLiteral("success");
        case BannerMessage::Kind::Warning:
            return QStringLiteral("warning");
        case BannerMessage::Kind::Error:
            return QStringLiteral("error");
    }
    return QStringLiteral("info");
}

QLabel* wrapped(const QString& text) {
    auto* label = new QLabel(text);
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    label->setCursor(Qt::IBeamCursor);
    return label;
}

}  // namespace

Banner::Banner(BannerMessage message, QWidget* parent) : QFrame(parent), m_message(std::move(message)) {
    setAccessibleName(m_message.title);
    setAccessibleDescription(m_message.text);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(Theme::kSpace * 2, 10, Theme::kSpace, 10);
    row->setSpacing(Theme::kSpace * 3 / 2);

    auto* icon = new QLabel;
    const auto paintIcon = [this, icon] {
        icon->setPixmap(Theme::instance()
                            .icon(iconOf(m_message.kind), colorOf(m_message.kind))
                            .pixmap(QSize(20, 20), devicePixelRatioF()));
    };
    paintIcon();
    connect(&Theme::instance(), &Theme::changed, icon, paintIcon);
    row->addWidget(icon, 0, Qt::AlignTop);

    auto* column = new QVBoxLayout;
    column->setSpacing(3);
    addTexts(column);
    row->addLayout(column, 1);

    for (const BannerMessage::Action& action : m_message.actions) {
        auto* button = new QPushButton(action.text);
        if (&action == &m_message.actions.front()) button->setProperty("look", "primary");
        // The banner may be gone when run() returns.
        connect(button, &QPushButton::clicked, this, [this, run = action.run] {
            emit closed();
            if (run) run();
        });
        row->addWidget(button, 0, Qt::AlignVCenter);
    }
    auto* close = new QToolButton;
    close->setIcon(Theme::instance().icon("close"));
    close->setIconSize({16, 16});
    close->setToolTip(tr("Dismiss"));
    close->setAccessibleName(tr("Dismiss"));
    connect(close, &QToolButton::clicked, this, &Banner::closed);
    row->addWidget(close, 0, Qt::AlignTop);
}

void Banner::addTexts(QVBoxLayout* column) {
    QLabel* title = wrapped(m_message.title);
    title->setFont(Theme::instance().strong());
    title->setObjectName("bannerTitle");
    column->addWidget(title);
    if (!m_message.text.isEmpty()) {
        QLabel* text = wrapped(m_message.text);
        text->setProperty("look", "muted");
        text->setObjectName("bannerText");
        column->addWidget(text);
    }
    if (m_message.details.isEmpty()) return;
    auto* more = new QPushButton(tr("Details"));
    more->setProperty("look", "link");
    more->setCheckable(true);
    QLabel* details = wrapped(m_message.details);
    details->setFont(Theme::instance().mono());
    details->setProperty("look", "muted");
    details->hide();
    connect(more, &QPushButton::toggled, details, &QLabel::setVisible);
    column->addWidget(more, 0, Qt::AlignLeft);
    column->addWidget(details);
}

void Banner::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::instance();
    QPainter painter(this);
    const QColor signal = theme.color(colorOf(m_message.kind));
    painter.fillRect(rect(), theme.color(ThemeColor::Raised));
    QColor wash = signal;
    wash.setAlphaF(theme.isDark() ? 0.10f : 0.07f);
    painter.fillRect(rect(), wash);
    painter.fillRect(QRect(0, 0, 3, height()), signal);
    painter.fillRect(QRect(0, height() - 1, width(), 1), theme.color(ThemeColor::Border));
}

BannerArea::BannerArea(QWidget* parent) : QWidget(parent), m_column(new QVBoxLayout(this)) {
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(0);
    setVisible(false);
}

void BannerArea::show(BannerMessage message) {
    if (!message.key.isEmpty()) dismiss(message.key);
    while (m_banners.size() >= kMostBanners) remove(m_banners.front());
    auto* banner = new Banner(std::move(message));
    connect(banner, &Banner::closed, this, [this, banner] { remove(banner); });
    m_banners.append(banner);
    m_column->addWidget(banner);
    setVisible(true);
    QAccessibleEvent alert(banner, QAccessible::Alert);
    QAccessible::updateAccessibility(&alert);
}

void BannerArea::dismiss(const QString& key) {
    const QList<Banner*> banners = m_banners;
    for (Banner* banner : banners)
        if (banner->message().key == key) remove(banner);
}

void BannerArea::dismissAll() {
    while (!m_banners.isEmpty()) remove(m_banners.front());
}

QList<BannerMessage> BannerArea::messages() const {
    QList<BannerMessage> messages;
    for (const Banner* banner : m_banners) messages.append(banner->message());
    return messages;
}

void BannerArea::remove(Banner* banner) {
    if (m_banners.removeAll(banner) == 0) return;
    banner->hide();
    banner->deleteLater();
    setVisible(!m_banners.isEmpty());
}

}  // namespace gradlens
