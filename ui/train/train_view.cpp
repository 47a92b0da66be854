// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/train_view.h"

#include "ui/theme/theme.h"
#include "ui/train/readout_card.h"
#include "ui/train/scalar_chart.h"
#include "ui/widgets/segmented_control.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QResizeEvent>
#include <QSlider>
#include <QSplitter>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace gradlens {

namespace {
constexpr int kSmoothingSteps = 1000;
constexpr int kDefaultSmoothing = 900;
constexpr std::int64_t kMeanOver = 100;  // steps the loss card's mean runs over

QString shown(double value, AxisUnit unit) {
    return std::isnan(value) ? QStringLiteral("–") : QString::fromStdString(valueText(value, unit));
}

// What it comes to over the last steps; nothing when one of them is not a number.
std::optional<double> recentMean(const ScalarSeries* series) {
    if (series == nullptr || series->size() == 0) return std::nullopt;
    const std::int64_t size = series->size(), count = std::min(size, kMeanOver);
    double sum = 0;
    for (std::int64_t i = size - count; i < size; ++i) sum += (*series)[i].value;
    if (!std::isfinite(sum)) return std::nullopt;
    return sum / static_cast<double>(count);
}

struct Best {
    double value = 0;
    std::int64_t step = 0;
};
std::optional<Best> bestOf(const ScalarSeries* series, bool highest) {
    std::optional<Best> best;
    for (std::int64_t i = 0; series != nullptr && i < series->size(); ++i) {
        const ScalarPoint& point = (*series)[i];
        if (std::isfinite(point.value) && (!best || (highest ? point.value > best->value : point.value < best->value)))
            best = Best{point.value, point.step};
    }
    return best;
}

QString throughputText(double samplesPerSecond) {
    if (!(samplesPerSecond > 0)) return QStringLiteral("–");
    if (samplesPerSecond >= 10'000) return QObject::tr("%1k/s").arg(samplesPerSecond / 1000, 0, 'f', 1);
    return QObject::tr("%1/s").arg(QString::fromStdString(groupedText(std::llround(samplesPerSecond))));
}
}  // namespace

TrainView::TrainView(QWidget* parent) : QWidget(parent) {
    setProperty("look", "window");
    setAttribute(Qt::WA_StyledBackground);
    auto* cards = new QHBoxLayout;
    cards->setSpacing(Theme::kSpace);
    const auto card = [&](const QString& caption, const QString& help) {
        auto* made = new ReadoutCard(caption, this);
        made->setToolTip(help);
        cards->addWidget(made, 1);
        return made;
    };
    m_lossCard = card(tr("Loss"), tr("Loss of the last batch trained on, and its mean over the last hundred steps"));
    m_accuracyCard =
        card(tr("Accuracy"),
             tr("Share of the last batch that was classified rightly, and its mean over the last hundred steps"));
    m_validationLossCard = card(tr("Validation loss"), tr("Mean loss over the validation part at its last evaluation"));
    m_validationAccuracyCard =
        card(tr("Validation accuracy"), tr("Share of the validation part that was classified rightly"));
    m_bestCard =
        card(tr("Best so far"),
             tr("The best evaluation of this run: the highest accuracy or, where there is none, the least loss"));
    m_throughputCard = card(tr("Throughput"), tr("Samples trained on in a second"));

    makeCharts();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(2 * Theme::kSpace, 2 * Theme::kSpace, 2 * Theme::kSpace, 2 * Theme::kSpace);
    layout->setSpacing(Theme::kSpace);
    layout->addLayout(cards);
    layout->addWidget(makeToolbar());
    layout->addWidget(m_splitter, 1);
    linkCharts();
    connect(&Theme::instance(), &Theme::changed, this, &TrainView::applyIcons);
    applyIcons();
    setSmoothing(kDefaultSmoothing / static_cast<double>(kSmoothingSteps));
    refresh();
}

void TrainView::makeCharts() {
    const auto color = [](ThemeColor role) { return [role] { return Theme::instance().color(role); }; };
    m_loss = new ScalarChart(tr("Loss"), AxisUnit::Number, this);
    m_loss->addCurve({QStringLiteral("train/loss"), tr("Train"), color(ThemeColor::Train), false});
    m_loss->addCurve({QStringLiteral("validation/loss"), tr("Validation"), color(ThemeColor::Validation), true});
    m_accuracy = new ScalarChart(tr("Accuracy"), AxisUnit::Percent, this);
    m_accuracy->addCurve({QStringLiteral("train/accuracy"), tr("Train"), color(ThemeColor::Train), false});
    m_accuracy->addCurve(
        {QStringLiteral("validation/accuracy"), tr("Validation"), color(ThemeColor::Validation), true});
    for (ScalarChart* chart : {m_loss, m_accuracy})
        chart->setEmptyText(tr("Press Run or Step to train.\nThe curve grows here as the network learns."));
    m_splitter = new QSplitter(Qt::Horizontal, this);
    m_splitter->setObjectName("charts");
    m_splitter->setChildrenCollapsible(false);
    m_splitter->setHandleWidth(Theme::kSpace);
    m_splitter->addWidget(m_loss);
    m_splitter->addWidget(m_accuracy);
    // No stretch factors: what a user gave each chart stays in proportion when the window is resized.
    m_splitter->setSizes({1000, 1000});
}

QWidget* TrainView::makeToolbar() {
    auto* bar = new QWidget(this);
    auto* layout = new QHBoxLayout(bar);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(Theme::kSpace);

    auto* smoothingLabel = new QLabel(tr("S&moothing"), bar);
    smoothingLabel->setProperty("look", "muted");
    m_smoothing = new QSlider(Qt::Horizontal, bar);
    smoothingLabel->setBuddy(m_smoothing);
    m_smoothing->setRange(0, kSmoothingSteps - 1);
    m_smoothing->setPageStep(50);
    m_smoothing->setFixedWidth(180);
    m_smoothing->setAccessibleName(tr("Smoothing"));
    m_smoothing->setToolTip(
        tr("Exponential moving average of the per-step curves, without the bias at the start.\n"
           "The measured values stay behind it, faint. Validation points are never smoothed."));
    m_smoothingText = new QLabel(bar);
    m_smoothingText->setFont(Theme::instance().mono());
    m_smoothingText->setFixedWidth(m_smoothingText->fontMetrics().horizontalAdvance(QStringLiteral("0.0000")));
    layout->addWidget(smoothingLabel);
    layout->addWidget(m_smoothing);
    layout->addWidget(m_smoothingText);
    layout->addStretch();

    auto* axisLabel = new QLabel(tr("Horizontal axis"), bar);
    axisLabel->setProperty("look", "muted");
    layout->addWidget(axisLabel);
    m_axes = new SegmentedControl(bar);
    m_axes->addSegment(tr("Step"), {}, tr("Updates of the weights"));
    m_axes->addSegment(tr("Epoch"), {}, tr("Passes over the training data"));
    m_axes->addSegment(tr("Time"), {}, tr("Time spent training"));
    m_axes->setAccessibleName(tr("Horizontal axis"));
    layout->addWidget(m_axes);
    layout->addSpacing(Theme::kSpace);
    const auto tool = [&](const QString& text, const QString& help, const QString& name) {
        auto* button = new QToolButton(bar);
        button->setText(text);
        button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        button->setToolTip(help);
        button->setAccessibleName(name);
        layout->addWidget(button);
        return button;
    };
    m_logScale = tool(tr("Log"), tr("Logarithmic vertical axis for the loss (L)"), tr("Logarithmic axis"));
    m_logScale->setCheckable(true);
    m_logScale->setShortcut(QKeySequence(QStringLiteral("L")));
    m_reset = tool(tr("Fit"), tr("Show the whole run again (double-click in a chart, or Home)"), tr("Show everything"));

    connect(m_smoothing, &QSlider::valueChanged, this, [this] {
        m_smoothingText->setText(QString::number(smoothing(), 'f', 3));
        m_loss->setSmoothing(smoothing());
        m_accuracy->setSmoothing(smoothing());
    });
    connect(m_axes, &SegmentedControl::currentChanged, this, &TrainView::updateAxis);
    connect(m_logScale, &QToolButton::toggled, this, [this](bool on) { m_loss->setLogScale(on); });
    connect(m_reset, &QToolButton::clicked, this, [this] {
        m_loss->canvas().resetZoom();
        m_accuracy->canvas().resetZoom();
    });
    return bar;
}

void TrainView::applyIcons() {
    m_logScale->setIcon(Theme::instance().icon(QStringLiteral("log")));
    m_reset->setIcon(Theme::instance().icon(QStringLiteral("fit")));
}

void TrainView::linkCharts() {
    const auto link = [this](ScalarChart* from, ScalarChart* to) {
        connect(from, &ScalarChart::cursorMoved, this, [from, to](double x) {
            // The other chart stands at the point this one snapped to.
            from->showCursor(x);
            to->showCursor(from->readoutAt(x).x);
        });
        connect(from, &ScalarChart::cursorLeft, this, [from, to] {
            from->showCursor(std::nullopt);
            to->showCursor(std::nullopt);
        });
        connect(from, &ScalarChart::windowChanged, this,
                [to](const ChartWindow& window) { to->canvas().setWindow(window); });
    };
    link(m_loss, m_accuracy);
    link(m_accuracy, m_loss);
}

double TrainView::smoothing() const {
    return m_smoothing->value() / static_cast<double>(kSmoothingSteps);
}

void TrainView::setSmoothing(double weight) {
    m_smoothing->setValue(static_cast<int>(std::lround(weight * kSmoothingSteps)));
}

void TrainView::setLogScale(bool on) {
    m_logScale->setChecked(on);
}

void TrainView::setAxis(CurveAxis axis) {
    m_axes->setCurrentIndex(static_cast<int>(axis));
}

void TrainView::updateAxis() {
    const auto axis = static_cast<CurveAxis>(m_axes->currentIndex());
    for (ScalarChart* chart : {m_loss, m_accuracy})
        chart->setAxis(axis, static_cast<double>(std::max<std::int64_t>(m_status.stepsPerEpoch, 1)));
}

void TrainView::setLog(std::shared_ptr<const ScalarLog> log) {
    m_log = std::move(log);
    m_loss->setLog(m_log);
    m_accuracy->setLog(m_log);
    refresh();
}

void TrainView::setStatus(const TrainerStatus& status) {
    const bool newEpochs = status.stepsPerEpoch != m_status.stepsPerEpoch;
    m_status = status;
    if (newEpochs) updateAxis();
}

bool TrainView::hasAccuracy() const {
    // A regression has no accuracy; before the first step nobody knows, and the chart stays.
    if (!m_log) return true;
    const ScalarSeries* loss = m_log->find("train/loss");
    return loss == nullptr || loss->size() == 0 || m_log->find("train/accuracy") != nullptr;
}

void TrainView::refresh() {
    const bool accuracy = hasAccuracy();
    m_accuracy->setVisible(accuracy);
    m_accuracyCard->setVisible(accuracy);
    m_validationAccuracyCard->setVisible(accuracy);
    m_loss->refresh();
    if (accuracy) m_accuracy->refresh();
    refreshCards();
}

void TrainView::refreshCards() {
    const auto series = [this](const char* name) { return m_log ? m_log->find(name) : nullptr; };
    const auto last = [&](const char* name) {
        const ScalarSeries* found = series(name);
        return found != nullptr && found->size() > 0 ? std::optional((*found)[found->size() - 1]) : std::nullopt;
    };
    const double stepsPerEpoch = static_cast<double>(std::max<std::int64_t>(m_status.stepsPerEpoch, 1));
    const auto epochOf = [&](std::int64_t step) {
        const double epoch = static_cast<double>(step) / stepsPerEpoch;
        return QString::number(epoch, 'f', epoch == std::floor(epoch) ? 0 : 2);
    };

    const auto batchCard = [&](ReadoutCard& card, const char* name, AxisUnit unit) {
        const auto point = last(name);
        const auto mean = recentMean(series(name));
        card.setReading(point ? QString::fromStdString(valueText(point->value, unit)) : QStringLiteral("–"),
                        mean ? tr("mean %1").arg(shown(*mean, unit)) : QString());
        card.setAlarming(point && !std::isfinite(point->value));
    };
    batchCard(*m_lossCard, "train/loss", AxisUnit::Number);
    batchCard(*m_accuracyCard, "train/accuracy", AxisUnit::Percent);
    const auto validationCard = [&](ReadoutCard& card, const char* name, AxisUnit unit) {
        const auto point = last(name);
        card.setReading(point ? QString::fromStdString(valueText(point->value, unit)) : QStringLiteral("–"),
                        point ? tr("at epoch %1").arg(epochOf(point->step)) : tr("after each epoch"));
        card.setAlarming(point && !std::isfinite(point->value));
    };
    validationCard(*m_validationLossCard, "validation/loss", AxisUnit::Number);
    validationCard(*m_validationAccuracyCard, "validation/accuracy", AxisUnit::Percent);

    if (const auto best = bestOf(series("validation/accuracy"), true))
        m_bestCard->setReading(shown(best->value, AxisUnit::Percent), tr("at epoch %1").arg(epochOf(best->step)));
    else if (const auto least = bestOf(series("validation/loss"), false))
        m_bestCard->setReading(shown(least->value, AxisUnit::Number), tr("at epoch %1").arg(epochOf(least->step)));
    else
        m_bestCard->setReading(QStringLiteral("–"), tr("after the first epoch"));
    m_throughputCard->setReading(
        throughputText(m_status.samplesPerSecond),
        m_status.step > 0 && m_status.seconds > 0
            ? tr("%1 ms a step").arg(1000 * m_status.seconds / static_cast<double>(m_status.step), 0, 'g', 3)
            : tr("samples a second"));
}

void TrainView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    // Side by side or one above the other: whichever makes the charts nearer to twice as wide as high.
    const double width = m_splitter->width(), height = std::max(1, m_splitter->height());
    const auto badness = [](double aspect) { return std::abs(std::log(aspect / 2)); };
    const Qt::Orientation wanted =
        badness(width / 2 / height) <= badness(width / (height / 2)) ? Qt::Horizontal : Qt::Vertical;
    if (m_splitter->orientation() != wanted) m_splitter->setOrientation(wanted);
}

}  // namespace gradlens
