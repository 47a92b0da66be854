// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/figure_dialog.h"

#include "core/base/error.h"
#include "ui/shell/figure_render.h"
#include "ui/theme/theme.h"
#include "ui/widgets/segmented_control.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QSignalBlocker>

#include <algorithm>

namespace gradlens {

namespace {
constexpr int kPreviewWidth = 480, kPreviewHeight = 520;

// The figure as large as fits, on a board that shows what is transparent.
class Preview : public QWidget {
public:
    explicit Preview(const QImage& picture) : m_picture(picture) {
        setMinimumSize(kPreviewWidth, kPreviewHeight);
        setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
        setAccessibleName(FigureDialog::tr("Preview of the figure"));
    }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        const Theme& theme = Theme::instance();
        painter.fillRect(rect(), theme.color(ThemeColor::Field));
        if (m_picture.isNull()) {
            painter.setPen(theme.color(ThemeColor::TextFaint));
            painter.drawText(rect(), Qt::AlignCenter, toolTip().isEmpty() ? FigureDialog::tr("Drawing…") : toolTip());
            return;
        }
        constexpr int kInset = 12, kTile = 8;
        const QSize room = size() - QSize(2 * kInset, 2 * kInset);
        QSize shown = m_picture.size().scaled(room, Qt::KeepAspectRatio);
        if (shown.width() > m_picture.width()) shown = m_picture.size();
        const QRect place(QPoint((width() - shown.width()) / 2, (height() - shown.height()) / 2), shown);
        painter.save();
        painter.setClipRect(place);
        for (int y = place.top(); y <= place.bottom(); y += kTile)
            for (int x = place.left(); x <= place.right(); x += kTile)
                painter.fillRect(x, y, kTile, kTile,
                                 ((x - place.left()) / kTile + (y - place.top()) / kTile) % 2
                                     ? QColor(0xff, 0xff, 0xff)
                                     : QColor(0xdc, 0xdf, 0xe4));
        painter.setRenderHint(QPainter::SmoothPixmapTransform);
        painter.drawImage(place, m_picture);
        painter.restore();
        painter.setPen(theme.color(ThemeColor::Border));
        painter.drawRect(place.adjusted(-1, -1, 0, 0));
    }

private:
    const QImage& m_picture;
};
}  // namespace

Figure figureOf(const Project& project, const OpCatalogue& catalogue, const FigureWish& wish) {
    return figureOf(project.graph, catalogueOf(project, catalogue), figureColors(wish.style), wish.options);
}

FigureDialog::FigureDialog(Project project, const OpCatalogue& catalogue, const FigureWish& wish, QWidget* parent)
    : QDialog(parent), m_project(std::move(project)), m_catalogue(catalogue), m_wish(wish) {
    setObjectName("exportFigure");
    setWindowTitle(tr("Export figure"));
    m_preview = new Preview(m_picture);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(16, 16, 16, 16);
    row->setSpacing(20);
    row->addWidget(m_preview, 1);
    row->addWidget(makeForm());
    refresh();
}

FigureDialog::~FigureDialog() = default;

QWidget* FigureDialog::makeForm() {
    auto* form = new QWidget;
    form->setFixedWidth(280);
    auto* column = new QVBoxLayout(form);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(10);
    const auto heading = [&](const QString& text) {
        auto* label = new QLabel(text);
        label->setFont(Theme::instance().strong());
        column->addWidget(label);
    };
    heading(tr("Format"));
    m_format = new SegmentedControl;
    m_format->setObjectName("figureFormat");
    m_format->setAccessibleName(tr("Format"));
    m_format->addSegment(tr("SVG"), {}, tr("Vector graphics for the web and for drawing programs; text stays text"));
    m_format->addSegment(tr("PNG"), {}, tr("Pixels, for slides and documents"));
    m_format->addSegment(tr("PDF"), {}, tr("A page as large as the figure, for papers"));
    m_format->setCurrentIndex(static_cast<int>(m_wish.format));
    column->addWidget(m_format);

    heading(tr("Style"));
    m_style = new SegmentedControl;
    m_style->setObjectName("figureStyle");
    m_style->setAccessibleName(tr("Style"));
    m_style->addSegment(tr("Paper"), {}, tr("Black on white, as for print"));
    m_style->addSegment(tr("Light"), {}, tr("The light theme's colours"));
    m_style->addSegment(tr("Dark"), {}, tr("The dark theme's colours"));
    m_style->setCurrentIndex(static_cast<int>(m_wish.style));
    column->addWidget(m_style);

    m_scaleLabel = new QLabel(tr("Scale"));
    m_scaleLabel->setFont(Theme::instance().strong());
    column->addWidget(m_scaleLabel);
    m_scale = new QComboBox;
    m_scale->setObjectName("figureScale");
    m_scale->setAccessibleName(tr("Scale"));
    m_scale->setToolTip(tr("Pixels for each unit of the drawing: 2 or 3 is sharp on screens, 4 and more in print"));
    for (const int scale : {1, 2, 3, 4, 6, 8}) m_scale->addItem(tr("%1×").arg(scale), static_cast<double>(scale));
    m_scale->setCurrentIndex(std::max(0, m_scale->findData(m_wish.scale)));
    m_scaleLabel->setBuddy(m_scale);
    column->addWidget(m_scale);

    heading(tr("Show"));
    const auto box = [&](const char* name, const QString& text, const QString& tip, bool on) {
        auto* made = new QCheckBox(text);
        made->setObjectName(name);
        made->setToolTip(tip);
        made->setChecked(on);
        connect(made, &QCheckBox::toggled, this, &FigureDialog::readForm);
        column->addWidget(made);
        return made;
    };
    const FigureOptions& options = m_wish.options;
    m_attributes =
        box("figureAttributes", tr("Attributes"), tr("\"64 filters, 3×3\" on the cards"), options.attributes);
    m_shapes = box("figureShapes", tr("Shapes on edges"), tr("Of one sample, without the batch"), options.shapes);
    m_parameters = box("figureParameters", tr("Numbers of parameters"), tr("Of each layer"), options.parameters);
    m_notes = box("figureNotes", tr("Comments and frames"), {}, options.notes);
    m_background =
        box("figureBackground", tr("Background"), tr("Else what lies behind shows through"), options.background);
    column->addStretch(1);
    m_size = new QLabel;
    m_size->setObjectName("figureSize");
    m_size->setWordWrap(true);
    column->addWidget(m_size);

    auto* buttons = new QHBoxLayout;
    auto* copy = new QPushButton(tr("Copy"));
    copy->setObjectName("copyFigure");
    copy->setToolTip(tr("Puts the figure on the clipboard, as picture and as SVG"));
    auto* cancel = new QPushButton(tr("Cancel"));
    auto* save = new QPushButton(tr("Export…"));
    save->setObjectName("saveFigure");
    save->setDefault(true);
    for (QPushButton* other : {copy, cancel}) other->setAutoDefault(false);
    buttons->addWidget(copy);
    buttons->addStretch(1);
    buttons->addWidget(cancel);
    buttons->addWidget(save);
    column->addLayout(buttons);
    connect(copy, &QPushButton::clicked, this, &FigureDialog::copyRequested);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(save, &QPushButton::clicked, this, &QDialog::accept);
    connect(m_format, &SegmentedControl::currentChanged, this, &FigureDialog::readForm);
    connect(m_style, &SegmentedControl::currentChanged, this, &FigureDialog::readForm);
    connect(m_scale, &QComboBox::currentIndexChanged, this, &FigureDialog::readForm);
    return form;
}

void FigureDialog::readForm() {
    const FigureStyle style = m_wish.style;
    const FigureOptions before = m_wish.options;
    m_wish.format = static_cast<FigureWish::Format>(m_format->currentIndex());
    m_wish.style = static_cast<FigureStyle>(m_style->currentIndex());
    m_wish.scale = m_scale->currentData().toDouble();
    m_wish.options = {m_attributes->isChecked(), m_shapes->isChecked(), m_parameters->isChecked(), m_notes->isChecked(),
                      m_background->isChecked()};
    showSize();
    if (m_wish.style != style || m_wish.options != before) refresh();
}

void FigureDialog::refresh() {
    const quint64 round = ++m_round;
    const QString family = Theme::instance().body().family();
    const double ratio = devicePixelRatioF();
    // Assigning waits for the round before, which is of no use any more but short.
    m_worker = std::jthread([this, round, family, ratio, wish = m_wish] {
        Figure figure;
        QImage picture;
        QString fault;
        try {
            figure = figureOf(m_project, m_catalogue, wish);
            const double fits = std::min(kPreviewWidth / figure.width, kPreviewHeight / figure.height);
            picture = renderedImage(figure, std::clamp(fits, 0.05, 1.0) * ratio * 1.5, family);
        } catch (const Error& error) {
            fault = QString::fromUtf8(error.what());
        }
        figure.svg.clear();
        QMetaObject::invokeMethod(
            this, [this, round, figure, picture, fault] { deliver(round, figure, picture, fault); },
            Qt::QueuedConnection);
    });
}

void FigureDialog::deliver(quint64 round, const Figure& figure, const QImage& picture, const QString& fault) {
    if (round != m_round) return;
    m_width = figure.width;
    m_height = figure.height;
    m_picture = picture;
    m_preview->setToolTip(fault);
    m_preview->update();
    showSize();
}

void FigureDialog::showSize() {
    const bool pixels = m_wish.format == FigureWish::Format::Png;
    m_scale->setVisible(pixels);
    m_scaleLabel->setVisible(pixels);
    if (m_width <= 0) return m_size->clear();
    constexpr double kMillimetresPerUnit = 25.4 / 96;
    const QSize size = pixelSize({{}, m_width, m_height}, m_wish.scale);
    const bool tooLarge = pixels && std::max(size.width(), size.height()) > kMostPixels;
    m_size->setText(tooLarge ? tr("%1 × %2 pixels: more than a picture can have. Choose a smaller scale.")
                                   .arg(size.width())
                                   .arg(size.height())
                    : pixels ? tr("%1 × %2 pixels").arg(size.width()).arg(size.height())
                             : tr("%1 × %2 mm")
                                   .arg(m_width * kMillimetresPerUnit, 0, 'f', 0)
                                   .arg(m_height * kMillimetresPerUnit, 0, 'f', 0));
    if (auto* save = findChild<QPushButton*>("saveFigure")) save->setEnabled(!tooLarge);
}

}  // namespace gradlens
