// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/data/class_bars.h"

#include "ui/theme/theme.h"
#include "ui/widgets/axis_ticks.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace gradlens {

namespace {
constexpr int kRow = 28, kMargin = 12, kCountWidth = 52, kBar = 7;
constexpr int kLeastName = 84, kMostName = 200;

QString grouped(std::int64_t number) {
    return QString::fromStdString(groupedText(number));
}
}  // namespace

class ClassBars::Bars : public QWidget {
public:
    explicit Bars(ClassBars* owner) : QWidget(owner), m_owner(owner) {
        setMouseTracking(true);
        setFocusPolicy(Qt::StrongFocus);
        setAccessibleName(ClassBars::tr("Samples by class"));
        connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
    }

    void setCounts(const QStringList& names, std::vector<std::int64_t> train, std::vector<std::int64_t> validation) {
        m_names = names;
        m_train = std::move(train);
        m_validation = std::move(validation);
        m_most = 1;
        for (const auto* counts : {&m_train, &m_validation})
            for (const std::int64_t count : *counts) m_most = std::max(m_most, count);
        m_current = -1;
        setFixedHeight(rows() * kRow + 8);
        update();
    }

    int rows() const { return static_cast<int>(std::min<std::size_t>(m_train.size(), kMostRows)); }
    QRect rowRect(int row) const { return {0, 4 + row * kRow, width(), kRow}; }

protected:
    void paintEvent(QPaintEvent* event) override {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setFont(Theme::instance().small());
        const int first = std::clamp((event->rect().top() - 4) / kRow, 0, rows());
        const int last = std::min((event->rect().bottom() - 4) / kRow, rows() - 1);
        for (int row = first; row <= last; ++row) paintRow(painter, row);
    }

    void mouseMoveEvent(QMouseEvent* event) override {
        const int row = rowAt(event->position().toPoint());
        setCursor(row >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
        if (row == m_hovered) return;
        m_hovered = row;
        update();
    }
    void leaveEvent(QEvent*) override {
        m_hovered = -1;
        update();
    }
    void mouseReleaseEvent(QMouseEvent* event) override {
        const int row = rowAt(event->position().toPoint());
        if (event->button() == Qt::LeftButton && row >= 0) emit m_owner->classChosen(row);
    }
    void keyPressEvent(QKeyEvent* event) override {
        const int step = event->key() == Qt::Key_Down ? 1 : event->key() == Qt::Key_Up ? -1 : 0;
        if (step != 0 && rows() > 0) {
            m_current = std::clamp(m_current + step, 0, rows() - 1);
            m_owner->ensureVisible(0, rowRect(m_current).center().y(), 0, kRow);
            update();
        } else if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && m_current >= 0) {
            emit m_owner->classChosen(m_current);
        } else {
            QWidget::keyPressEvent(event);
        }
    }
    bool event(QEvent* event) override {
        if (event->type() != QEvent::ToolTip) return QWidget::event(event);
        auto* help = static_cast<QHelpEvent*>(event);
        const int row = rowAt(help->pos());
        QToolTip::showText(help->globalPos(), row < 0 ? QString() : tipOf(row), this);
        return true;
    }

private:
    static constexpr std::size_t kMostRows = 100'000;

    int rowAt(QPoint at) const {
        const int row = (at.y() - 4) / kRow;
        return at.y() >= 4 && row < rows() ? row : -1;
    }
    std::int64_t validationOf(int row) const {
        const auto at = static_cast<std::size_t>(row);
        return at < m_validation.size() ? m_validation[at] : 0;
    }
    QString tipOf(int row) const {
        return ClassBars::tr("%1: %2 training, %3 validation samples. Click to see them.")
            .arg(m_names.value(row), grouped(m_train[static_cast<std::size_t>(row)]), grouped(validationOf(row)));
    }

    void paintRow(QPainter& painter, int row) const {
        const Theme& theme = Theme::instance();
        const QRect place = rowRect(row);
        const int nameWidth = std::clamp(width() / 4, kLeastName, kMostName);
        if (row == m_hovered || (row == m_current && hasFocus())) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(theme.color(ThemeColor::Hover));
            painter.drawRoundedRect(place.adjusted(4, 1, -4, -1), 4, 4);
        }
        const QRect name(place.left() + kMargin, place.top(), nameWidth - 8, kRow);
        painter.setPen(theme.color(ThemeColor::Text));
        painter.drawText(name, Qt::AlignLeft | Qt::AlignVCenter,
                         painter.fontMetrics().elidedText(m_names.value(row), Qt::ElideRight, name.width()));
        const int left = place.left() + kMargin + nameWidth;
        const double room = std::max(place.right() - kMargin - kCountWidth - left, 8);
        const auto bar = [&](std::int64_t count, int top, ThemeColor role) {
            if (count == 0) return;
            const double length = std::max(room * static_cast<double>(count) / static_cast<double>(m_most), 1.5);
            painter.setPen(Qt::NoPen);
            painter.setBrush(theme.color(role));
            painter.drawRoundedRect(QRectF(left, place.top() + top, length, kBar), 2, 2);
        };
        const std::int64_t train = m_train[static_cast<std::size_t>(row)];
        const bool both = !m_validation.empty();
        bar(train, both ? kRow / 2 - kBar - 1 : (kRow - kBar) / 2, ThemeColor::Train);
        if (both) bar(validationOf(row), kRow / 2 + 1, ThemeColor::Validation);
        painter.setPen(theme.color(ThemeColor::TextMuted));
        painter.drawText(QRect(place.right() - kMargin - kCountWidth, place.top(), kCountWidth, kRow),
                         Qt::AlignRight | Qt::AlignVCenter, grouped(train));
    }

    ClassBars* m_owner;
    QStringList m_names;
    std::vector<std::int64_t> m_train, m_validation;
    std::int64_t m_most = 1;
    int m_hovered = -1, m_current = -1;
};

ClassBars::ClassBars(QWidget* parent) : QScrollArea(parent), m_bars(new Bars(this)) {
    setObjectName("classBars");
    setWidgetResizable(true);
    setFrameShape(NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusProxy(m_bars);
    setWidget(m_bars);
}

void ClassBars::setCounts(const QStringList& names, std::vector<std::int64_t> train,
                          std::vector<std::int64_t> validation) {
    m_bars->setCounts(names, std::move(train), std::move(validation));
}

int ClassBars::count() const {
    return m_bars->rows();
}

QRect ClassBars::rowOf(int classNumber) const {
    return m_bars->rowRect(classNumber);
}

}  // namespace gradlens
