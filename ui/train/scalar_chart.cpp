// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/scalar_chart.h"

#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QToolButton>
#include <QVBoxLayout>

#include <cmath>

namespace gradlens {

namespace {
constexpr std::int64_t kValuesPerFrame = 150'000;  // of all curves together; about four milliseconds of work
constexpr int kFrame = 16;                         // milliseconds

QIcon swatch(const QColor& color, bool marker, bool on, double pixelRatio) {
    QPixmap pixmap(QSize(16, 12) * pixelRatio);
    pixmap.setDevicePixelRatio(pixelRatio);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(color, 2, Qt::SolidLine, Qt::RoundCap));
    painter.setOpacity(on ? 1.0 : 0.35);
    painter.drawLine(QPointF(1.5, 6), QPointF(14.5, 6));
    painter.setBrush(color);
    painter.setPen(Qt::NoPen);
    if (marker) painter.drawEllipse(QPointF(8, 6), 3.5, 3.5);
    return QIcon(pixmap);
}
}  // namespace

ScalarChart::ScalarChart(const QString& title, AxisUnit unit, QWidget* parent) : QFrame(parent), m_unit(unit) {
    setFrameShape(QFrame::NoFrame);
    m_title = new QLabel(title, this);
    m_title->setFont(Theme::instance().strong());
    m_header = new QHBoxLayout;
    m_header->setContentsMargins(2 * Theme::kSpace, Theme::kSpace, Theme::kSpace, 0);
    m_header->setSpacing(Theme::kSpace / 2);
    m_header->addWidget(m_title);
    m_header->addStretch();
    m_canvas = new ChartCanvas(unit, this);
    m_canvas->setAccessibleName(title);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(Theme::kSpace / 2, Theme::kSpace / 2, Theme::kSpace / 2, Theme::kSpace / 2);
    layout->setSpacing(Theme::kSpace / 2);
    layout->addLayout(m_header);
    layout->addWidget(m_canvas, 1);

    m_catchUp.setSingleShot(true);
    m_catchUp.setInterval(kFrame);
    connect(&m_catchUp, &QTimer::timeout, this, &ScalarChart::refresh);
    connect(m_canvas, &ChartCanvas::windowChanged, this, [this] { emit windowChanged(m_canvas->window()); });
    connect(m_canvas, &ChartCanvas::cursorMoved, this, &ScalarChart::cursorMoved);
    connect(m_canvas, &ChartCanvas::cursorLeft, this, &ScalarChart::cursorLeft);
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        m_title->setFont(Theme::instance().strong());
        updateChips();
        updateTraces();
    });
}

ScalarChart::~ScalarChart() = default;

void ScalarChart::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Theme::instance().color(ThemeColor::Border));
    painter.setBrush(Theme::instance().color(ThemeColor::Canvas));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), Theme::kRadius + 2, Theme::kRadius + 2);
}

void ScalarChart::addCurve(const CurveSpec& spec) {
    auto entry = std::make_unique<Entry>();
    entry->spec = spec;
    entry->chip = new QToolButton(this);
    entry->chip->setCheckable(true);
    entry->chip->setChecked(true);
    entry->chip->setAutoRaise(true);
    entry->chip->setText(spec.label);
    entry->chip->setFont(Theme::instance().small());
    entry->chip->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    entry->chip->setIconSize(QSize(16, 12));
    entry->chip->setToolTip(tr("Show or hide the curve “%1”").arg(spec.label));
    entry->chip->setAccessibleName(tr("Curve %1").arg(spec.label));
    m_header->addWidget(entry->chip);
    connect(entry->chip, &QToolButton::toggled, this, [this] {
        updateChips();
        updateTraces();
    });
    if (!spec.markers) entry->curve.setSmoothing(m_smoothing);
    m_entries.push_back(std::move(entry));
    updateChips();
    updateTraces();
}

void ScalarChart::updateChips() {
    const Theme& theme = Theme::instance();
    for (const auto& entry : m_entries) {
        const bool on = entry->chip->isChecked();
        entry->chip->setIcon(swatch(on ? entry->spec.color() : theme.color(ThemeColor::TextFaint), entry->spec.markers,
                                    on, devicePixelRatioF()));
        // Checked means shown; a pressed-in look would say something else.
        entry->chip->setStyleSheet(QStringLiteral("QToolButton { background: transparent; padding: 3px 6px; color: %1; "
                                                  "} QToolButton:hover { background: %2; }")
                                       .arg(theme.color(on ? ThemeColor::Text : ThemeColor::TextFaint).name(),
                                            theme.color(ThemeColor::Hover).name()));
    }
}

void ScalarChart::updateTraces() {
    std::vector<Trace> traces;
    for (const auto& entry : m_entries)
        if (entry->chip->isChecked()) traces.push_back({&entry->curve, entry->spec.color(), entry->spec.markers});
    m_canvas->setTraces(std::move(traces));
    if (m_cursor) showCursor(m_cursor);
}

bool ScalarChart::isCurveVisible(std::size_t index) const {
    return m_entries[index]->chip->isChecked();
}

void ScalarChart::setCurveVisible(std::size_t index, bool visible) {
    m_entries[index]->chip->setChecked(visible);
}

void ScalarChart::setLog(std::shared_ptr<const ScalarLog> log) {
    if (log == m_log) return;
    for (const auto& entry : m_entries) entry->curve.setSeries(nullptr);
    m_log = std::move(log);
    m_cursor.reset();
    m_canvas->showCursor(std::nullopt);
    m_canvas->resetZoom();
    refresh();
}

void ScalarChart::setAxis(CurveAxis axis, double stepsPerEpoch) {
    m_canvas->setAxis(axis, stepsPerEpoch);
    if (m_cursor) showCursor(std::nullopt);
}

void ScalarChart::setSmoothing(double weight) {
    m_smoothing = weight;
    for (const auto& entry : m_entries)
        if (!entry->spec.markers) entry->curve.setSmoothing(weight);
    // Not at once: a slider sends many of these a frame.
    if (!m_catchUp.isActive()) m_catchUp.start();
}

void ScalarChart::setLogScale(bool on) {
    m_canvas->setLogScale(on);
    if (m_cursor) showCursor(m_cursor);
}

void ScalarChart::setEmptyText(const QString& text) {
    m_canvas->setEmptyText(text);
}

void ScalarChart::refresh() {
    m_catchUp.stop();
    bool busy = false;
    for (const auto& entry : m_entries) {
        Curve& curve = entry->curve;
        if (m_log && curve.series() == nullptr) curve.setSeries(m_log->find(entry->spec.series.toStdString()));
        curve.update(kValuesPerFrame / static_cast<std::int64_t>(m_entries.size()));
        busy = busy || curve.busy();
    }
    m_canvas->dataChanged();
    if (m_cursor) showCursor(m_cursor);
    if (busy) m_catchUp.start();
}

CursorReadout ScalarChart::readoutAt(double x) const {
    const TraceView& view = m_canvas->traceView();
    const double steps = view.stepsPerEpoch;
    CursorReadout readout;
    readout.x = x;
    // Snap to the point nearest to the pointer on the curve that has most of them.
    const Entry* densest = nullptr;
    for (const auto& entry : m_entries)
        if (entry->chip->isChecked() && (densest == nullptr || entry->curve.size() > densest->curve.size()))
            densest = entry.get();
    if (densest == nullptr || densest->curve.size() == 0) return readout;
    const Curve& lead = densest->curve;
    std::int64_t index = std::min(lead.lowerBound(x, view.axis, steps), lead.size() - 1);
    if (index > 0 && x - lead.x(index - 1, view.axis, steps) < lead.x(index, view.axis, steps) - x) --index;
    readout.x = lead.x(index, view.axis, steps);
    const ScalarPoint& at = lead.point(index);
    readout.title = tr("Step %1  ·  epoch %2  ·  %3")
                        .arg(QString::fromStdString(groupedText(at.step)),
                             QString::number(static_cast<double>(at.step) / steps, 'f', 2),
                             QString::fromStdString(durationText(at.seconds)));
    for (const auto& entry : m_entries) {
        if (!entry->chip->isChecked()) continue;
        const Curve& curve = entry->curve;
        const auto found = curve.at(readout.x, view.axis, steps);
        CursorRow row{entry->spec.color(), entry->spec.label, QStringLiteral("–"), {}, {}};
        if (found) {
            const double shown = curve.shown()[*found];
            row.value = QString::fromStdString(valueText(shown, m_unit));
            if (curve.smoothed())
                row.detail = tr("raw %1").arg(QString::fromStdString(valueText(curve.raw()[*found], m_unit)));
            else if (curve.point(*found).step != at.step)
                row.detail = tr("at step %1").arg(QString::fromStdString(groupedText(curve.point(*found).step)));
            if (view.shows(shown))
                row.dot = QPointF(view.toPixelX(curve.x(*found, view.axis, steps)), view.toPixelY(shown));
        }
        readout.rows.push_back(std::move(row));
    }
    return readout;
}

void ScalarChart::showCursor(std::optional<double> x) {
    m_cursor = x;
    if (!x || !m_canvas->dataRange()) return m_canvas->showCursor(std::nullopt);
    CursorReadout readout = readoutAt(*x);
    const TraceView& view = m_canvas->traceView();
    if (readout.rows.empty() || readout.x < view.xLow || readout.x > view.xHigh)
        return m_canvas->showCursor(std::nullopt);
    m_canvas->showCursor(std::move(readout));
}

}  // namespace gradlens
