// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inspect/lens.h"

#include "core/base/error.h"
#include "ui/inspect/heatmap_view.h"
#include "ui/inspect/histogram_view.h"
#include "ui/inspect/slice_bar.h"
#include "ui/inspect/statistics_table.h"
#include "ui/inspect/tensor_export.h"
#include "ui/theme/theme.h"
#include "ui/widgets/tensor_coloring.h"

#include <QActionGroup>
#include <QClipboard>
#include <QComboBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QImageWriter>
#include <QLabel>
#include <QLocale>
#include <QMenu>
#include <QMessageBox>
#include <QSignalBlocker>
#include <QStackedLayout>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace gradlens {

namespace {
constexpr int kHistogramBins = 64;
constexpr int kMostExported = 8192;  // pixels a side of an exported picture

QToolButton* makeTool(QWidget* parent, const QString& name, const QString& help) {
    auto* button = new QToolButton(parent);
    button->setAutoRaise(true);
    button->setAccessibleName(name);
    button->setToolTip(help);
    return button;
}
}  // namespace

Lens::Lens(QWidget* parent) : QFrame(parent) {
    setProperty("look", "card");
    setMinimumWidth(260);
    buildHeader();
    m_slice = new SliceBar(this);
    m_heatmap = new HeatmapView(this);
    m_message = new QLabel(this);
    m_message->setAlignment(Qt::AlignCenter);
    m_message->setWordWrap(true);
    m_message->setProperty("look", "muted");
    m_message->setMargin(2 * Theme::kSpace);
    m_note = new QLabel(this);
    m_note->setProperty("look", "warning");
    m_note->setWordWrap(true);
    m_note->hide();
    m_hover = new QLabel(this);
    m_hover->setFont(Theme::instance().mono());
    m_hover->setProperty("look", "muted");
    m_hover->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    m_histogram = new HistogramView(this);
    m_low = new QLabel(this);
    m_high = new QLabel(this);
    m_lock = makeTool(this, tr("Lock range"), tr("Keep the range of the colours while values change"));
    m_lock->setCheckable(true);
    m_statistics = new StatisticsTable(this);
    auto* separator = new QFrame(this);
    separator->setProperty("look", "separator");

    auto* picture = new QWidget(this);
    m_stack = new QStackedLayout(picture);
    m_stack->addWidget(m_heatmap);
    m_stack->addWidget(m_message);
    auto* range = new QHBoxLayout;
    range->setSpacing(Theme::kSpace / 2);
    for (QLabel* label : {m_low, m_high}) {
        label->setFont(Theme::instance().mono());
        label->setProperty("look", "muted");
    }
    range->addWidget(m_low);
    range->addStretch();
    range->addWidget(m_lock);
    range->addStretch();
    range->addWidget(m_high);

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(Theme::kSpace + 4, Theme::kSpace, Theme::kSpace + 4, Theme::kSpace + 4);
    layout->setSpacing(Theme::kSpace / 2 + 2);
    auto* header = new QHBoxLayout;
    header->setSpacing(2);
    header->addWidget(m_choice, 1);
    header->addWidget(m_pin);
    header->addWidget(m_more);
    layout->addLayout(header);
    layout->addWidget(m_slice);
    layout->addWidget(m_note);
    layout->addWidget(picture, 1);
    layout->addWidget(m_hover);
    layout->addWidget(m_histogram);
    layout->addLayout(range);
    layout->addWidget(separator);
    layout->addWidget(m_statistics);
    layout->addWidget(m_step);

    buildMenu();
    connect(m_slice, &SliceBar::changed, this, [this] { refresh(true); });
    connect(m_heatmap, &HeatmapView::hovered, this, &Lens::updateHover);
    connect(m_heatmap, &HeatmapView::copyRequested, this, &Lens::copyValue);
    connect(m_histogram, &HistogramView::rangeDragged, this, &Lens::setRange);
    connect(m_histogram, &HistogramView::resetRequested, this, &Lens::setAutomaticRange);
    connect(m_lock, &QToolButton::clicked, this,
            [this](bool locked) { locked ? setRange(m_coloring.low, m_coloring.high) : setAutomaticRange(); });
    connect(&Theme::instance(), &Theme::changed, this, &Lens::applyIcons);
    applyIcons();
    clear(tr("Nothing to show yet."));
}

void Lens::buildHeader() {
    m_choice = new QComboBox(this);
    m_choice->setAccessibleName(tr("Value"));
    m_choice->setToolTip(tr("Which value of the layer this lens shows"));
    m_choice->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_choice->setFont(Theme::instance().strong());
    m_pin = makeTool(this, tr("Pin"), tr("Keep showing this value whatever is selected"));
    m_pin->setCheckable(true);
    m_more = makeTool(this, tr("More"), tr("Colours, copy and export"));
    m_more->setPopupMode(QToolButton::InstantPopup);
    m_step = new QLabel(this);
    m_step->setFont(Theme::instance().small());
    m_step->setProperty("look", "faint");
    connect(m_choice, &QComboBox::activated, this, [this] { emit valueChosen(value()); });
    connect(m_pin, &QToolButton::toggled, this, &Lens::pinnedChanged);
}

void Lens::buildMenu() {
    m_menu = new QMenu(this);
    auto* maps = new QActionGroup(this);
    const auto choose = [&](const QString& text, std::optional<ColorMap> map) {
        QAction* action = m_menu->addAction(text, this, [this, map] { setColorMap(map); });
        action->setCheckable(true);
        action->setChecked(!map);
        maps->addAction(action);
    };
    m_menu->addSection(tr("Colours"));
    choose(tr("By kind of value"), std::nullopt);
    for (int i = 0; i < kColorMaps; ++i) choose(nameOf(static_cast<ColorMap>(i)), static_cast<ColorMap>(i));
    m_menu->addAction(tr("Automatic range"), this, &Lens::setAutomaticRange);
    m_menu->addSeparator();
    m_menu->addAction(tr("Fit (F)"), m_heatmap, &HeatmapView::fit);
    m_menu->addSeparator();
    m_menu->addAction(tr("Copy value"), this, &Lens::copyValue);
    m_menu->addAction(tr("Copy as CSV"), this, &Lens::copyCsv);
    m_menu->addAction(tr("Copy statistics"), this,
                      [this] { QGuiApplication::clipboard()->setText(m_statistics->asText()); });
    m_menu->addSeparator();
    m_menu->addAction(tr("Export picture (PNG)…"), this, [this] { askAndExport(QStringLiteral("png")); });
    m_menu->addAction(tr("Export numbers (CSV)…"), this, [this] { askAndExport(QStringLiteral("csv")); });
    m_menu->addAction(tr("Export tensor (NPY)…"), this, [this] { askAndExport(QStringLiteral("npy")); });
    m_more->setMenu(m_menu);
    m_heatmap->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(m_heatmap, &QWidget::customContextMenuRequested, this,
            [this](QPoint at) { m_menu->popup(m_heatmap->mapToGlobal(at)); });
}

void Lens::applyIcons() {
    const Theme& theme = Theme::instance();
    m_pin->setIcon(theme.icon(QStringLiteral("pin")));
    m_more->setIcon(theme.icon(QStringLiteral("more")));
    m_lock->setIcon(theme.icon(m_automaticRange ? QStringLiteral("unlock") : QStringLiteral("lock")));
}

void Lens::setChoices(const QStringList& values, const QStringList& labels) {
    const QSignalBlocker blocker(m_choice);
    const QString kept = value();
    m_choice->clear();
    for (qsizetype i = 0; i < values.size(); ++i) m_choice->addItem(labels[i], values[i]);
    setValue(kept);
}

void Lens::setValue(const QString& value) {
    const QSignalBlocker blocker(m_choice);
    m_choice->setCurrentIndex(m_choice->findData(value));
}

QString Lens::value() const {
    return m_choice->currentData().toString();
}

bool Lens::isPinned() const {
    return m_pin->isChecked();
}

void Lens::setPinned(bool pinned) {
    m_pin->setChecked(pinned);
}

QString Lens::messageFor(const ProbeResult& result) const {
    if (result.type.shape.elements() == 0) return tr("This tensor is empty: one of its axes has no elements.");
    if (!result.tensor) return tr("Waiting for the elements …");
    return {};
}

void Lens::setResult(std::shared_ptr<const ProbeResult> result, TensorRole role) {
    if (!result) return clear(tr("Waiting for the next step …"));
    const bool layoutChanged = !m_result || m_result->tensor.shape() != result->tensor.shape() || m_role != role;
    m_result = std::move(result);
    m_role = role;
    m_step->setText(tr("At step %1").arg(QLocale(QLocale::English).toString(static_cast<qlonglong>(m_result->step))));
    m_statistics->setFigures(m_result->type, m_result->statistics);
    refresh(layoutChanged);
}

void Lens::clear(const QString& message) {
    m_result.reset();
    m_lastElement.reset();
    m_step->clear();
    m_statistics->clear();
    m_message->setText(message);
    refresh(true);
}

QString Lens::message() const {
    return m_stack->currentWidget() == m_message ? m_message->text() : m_note->isHidden() ? QString() : m_note->text();
}

QString Lens::hoverText() const {
    return m_hover->text().trimmed();
}

void Lens::refresh(bool layoutChanged) {
    const QString message = m_result ? messageFor(*m_result) : m_message->text();
    m_message->setText(message);
    m_stack->setCurrentWidget(message.isEmpty() ? static_cast<QWidget*>(m_heatmap) : m_message);
    m_note->hide();
    if (!message.isEmpty()) {
        m_heatmap->clear();
        m_histogram->setHistogram(std::nullopt);
        m_slice->setTensor({}, m_role);
        return;
    }
    const Statistics& statistics = m_result->statistics;
    if (statistics.finite == 0) {
        m_note->setText(statistics.nan == statistics.count ? tr("Every element is NaN.") : tr("No element is finite."));
        m_note->show();
    }
    const Tensor& tensor = m_result->tensor;
    if (layoutChanged) m_slice->setTensor(tensor.shape(), m_role);
    const double aspect = m_heatmap->width() / std::max(1.0, static_cast<double>(m_heatmap->height()));
    // The layout stays while only the values change, and so does what the pointer stands on.
    m_heatmap->setTensor(tensor, layoutChanged ? TensorPicture(tensor.shape(), m_slice->choice(), m_role, aspect)
                                               : m_heatmap->picture());
    updateRange();
    std::optional<Histogram> histogram = m_result->histogram;
    if (!histogram && statistics.finite > 0 && statistics.max > statistics.min)
        histogram = histogramOf(tensor.view(), statistics.min, statistics.max, kHistogramBins);
    m_histogram->setHistogram(histogram);
}

void Lens::updateRange() {
    if (!m_result) return;
    m_coloring.map = m_map.value_or(automaticMap(m_role.isSigned, m_result->statistics));
    if (m_automaticRange)
        std::tie(m_coloring.low, m_coloring.high) = automaticRange(m_result->tensor.view(), m_result->statistics,
                                                                   m_coloring.map, m_heatmap->elementsPerPixel());
    updateColoring();
}

void Lens::updateColoring() {
    m_heatmap->setColoring(m_coloring);
    m_histogram->setColoring(m_coloring);
    m_low->setText(numberText(m_coloring.low));
    m_high->setText(numberText(m_coloring.high));
    m_lock->setChecked(!m_automaticRange);
    m_lock->setIcon(Theme::instance().icon(m_automaticRange ? QStringLiteral("unlock") : QStringLiteral("lock")));
}

void Lens::setColorMap(std::optional<ColorMap> map) {
    m_map = map;
    updateRange();
}

void Lens::setRange(double low, double high) {
    if (!(high > low)) return;
    m_automaticRange = false;
    m_coloring.low = low;
    m_coloring.high = high;
    updateColoring();
}

void Lens::setAutomaticRange() {
    m_automaticRange = true;
    updateRange();
    updateColoring();
}

void Lens::updateHover(qint64 element) {
    if (element < 0 || !m_result || element >= m_result->tensor.elements()) {
        m_hover->setText(QStringLiteral(" "));
        return;
    }
    m_lastElement = element;
    const Tensor& tensor = m_result->tensor;
    m_hover->setText(QString::fromStdString(indexText(element, tensor.shape())) + QStringLiteral(" = ") +
                     QString::number(tensor.at(element), 'g', 8));
}

void Lens::copyValue() {
    if (m_result && m_lastElement && *m_lastElement < m_result->tensor.elements())
        QGuiApplication::clipboard()->setText(QString::number(m_result->tensor.at(*m_lastElement), 'g', 17));
}

void Lens::copyCsv() {
    if (m_result && m_result->tensor)
        QGuiApplication::clipboard()->setText(
            QString::fromLatin1(toCsv(m_result->tensor.view(), m_heatmap->picture())));
}

bool Lens::exportTo(const QString& path, QString* error) {
    if (!m_result || !m_result->tensor) {
        *error = tr("There is no tensor to export yet.");
        return false;
    }
    const QString suffix = QFileInfo(path).suffix().toLower();
    if (suffix == QLatin1String("png")) {
        QImageWriter writer(path, "png");
        if (writer.write(m_heatmap->exported(kMostExported))) return true;
        *error = tr("%1: the picture cannot be written: %2").arg(path, writer.errorString());
        return false;
    }
    try {
        writeFile(path, suffix == QLatin1String("npy") ? toNpy(m_result->tensor.view())
                                                       : toCsv(m_result->tensor.view(), m_heatmap->picture()));
    } catch (const Error& fault) {
        *error = QString::fromUtf8(fault.what());
        return false;
    }
    return true;
}

void Lens::askAndExport(const QString& suffix) {
    const QString proposal = value().replace(QLatin1Char('.'), QLatin1Char('_')) + QLatin1Char('.') + suffix;
    const QString path = QFileDialog::getSaveFileName(this, tr("Export"), proposal, QStringLiteral("*.") + suffix);
    if (path.isEmpty()) return;
    QString error;
    if (!exportTo(QFileInfo(path).suffix().isEmpty() ? path + QLatin1Char('.') + suffix : path, &error))
        QMessageBox::warning(this, tr("Export"), error);
}

}  // namespace gradlens
