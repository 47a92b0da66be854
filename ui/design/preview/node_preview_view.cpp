// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/preview/node_preview_view.h"

#include "ui/design/preview/picture_view.h"
#include "ui/models/words.h"
#include "ui/theme/theme.h"
#include "ui/widgets/section.h"

#include <QLabel>
#include <QVBoxLayout>

namespace gradlens {

namespace {
constexpr int kMargin = Theme::kSpace * 3 / 2;
constexpr int kMostHigh = 168;

// "32×26×26   min -0.21   mean 0.04   max 1.3"
QString figures(const PreviewTensor& value) {
    const QString muted = Theme::instance().color(ThemeColor::TextMuted).name();
    const Statistics& s = value.statistics;
    const auto pair = [&](const QString& caption, double number) {
        return QString("<td style='color:%1'>%2&nbsp;</td><td style='padding-right:12px'>%3</td>")
            .arg(muted, caption, QString::number(number, 'g', 3));
    };
    QString text = QString("<p style='margin:0'>%1 &nbsp;<span style='color:%2'>%3</span></p>")
                       .arg(shapeText(value.tensor.shape(), false), muted,
                            QString::fromStdString(std::string(nameOf(value.tensor.dtype()))));
    if (s.finite > 0)
        text += "<table><tr>" + pair(QObject::tr("min"), s.min) + pair(QObject::tr("mean"), s.mean) +
                pair(QObject::tr("max"), s.max) + "</tr></table>";
    if (const std::int64_t bad = s.count - s.finite; bad > 0)
        text += QString("<p style='margin:0;color:%1'>%2</p>")
                    .arg(Theme::instance().color(ThemeColor::Danger).name(),
                         QObject::tr("%1 of %2 not finite").arg(bad).arg(s.count));
    return text;
}
}  // namespace

NodePreviewView::NodePreviewView(DrawingPreview& preview, SelectionModel& selection, QWidget* parent)
    : QWidget(parent), m_preview(preview), m_selection(selection) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    m_section = new CollapsibleSection(tr("Preview"), this);
    auto* content = new QWidget;
    auto* parts = new QVBoxLayout(content);
    parts->setContentsMargins(kMargin, 0, kMargin, Theme::kSpace);
    parts->setSpacing(kMargin);
    m_output = makePart(tr("Output"), content);
    m_gradient = makePart(tr("Gradient"), content);
    m_none = new QLabel(content);
    m_none->setProperty("look", "muted");
    m_none->setWordWrap(true);
    for (QWidget* part : {m_output.whole, m_gradient.whole, static_cast<QWidget*>(m_none)}) parts->addWidget(part);
    m_section->setContent(content);
    column->addWidget(m_section);
    connect(&preview, &DrawingPreview::previewChanged, this, &NodePreviewView::refresh);
    connect(&preview, &DrawingPreview::modeChanged, this, &NodePreviewView::refresh);
    connect(&selection, &SelectionModel::changed, this, &NodePreviewView::refresh);
    connect(&Theme::instance(), &Theme::changed, this, &NodePreviewView::refresh);
    refresh();
}

NodePreviewView::Part NodePreviewView::makePart(const QString& title, QWidget* parent) {
    Part part;
    part.whole = new QWidget(parent);
    auto* column = new QVBoxLayout(part.whole);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(Theme::kSpace / 2);
    auto* caption = new QLabel(title, part.whole);
    caption->setProperty("look", "muted");
    caption->setFont(Theme::instance().small());
    part.picture = new PictureView(kMostHigh, part.whole);
    part.picture->setAccessibleName(title);
    part.figures = new QLabel(part.whole);
    part.figures->setFont(Theme::instance().small());
    part.figures->setTextInteractionFlags(Qt::TextSelectableByMouse);
    column->addWidget(caption);
    column->addWidget(part.picture);
    column->addWidget(part.figures);
    return part;
}

void NodePreviewView::refresh() {
    const auto& nodes = m_selection.nodes();
    const bool one = nodes.size() == 1;
    setVisible(m_preview.isOn() && one);
    if (!m_preview.isOn() || !one) return;
    const auto preview = m_preview.preview();
    const NodePreview* node = m_preview.nodePreview(nodes.front());
    const auto dataset = preview == nullptr ? nullptr : preview->dataset;
    const bool gradients = m_preview.mode() == DrawingPreview::Mode::Gradient;
    show(m_output, node == nullptr ? nullptr : &node->output, false, dataset);
    show(m_gradient, node == nullptr || !gradients ? nullptr : &node->gradient, true, dataset);
    QString none;
    if (node == nullptr)
        none = preview == nullptr ? m_preview.faultText() : tr("What comes out of this layer is not known yet.");
    else if (gradients && !node->gradient.tensor)
        none = preview->gradients ? tr("No gradient comes here: nothing before this layer learns, or no loss follows.")
                                  : QString();
    m_none->setText(none);
    m_none->setVisible(!none.isEmpty());
}

void NodePreviewView::show(const Part& part, const PreviewTensor* value, bool gradient,
                           const std::shared_ptr<const Dataset>& dataset) {
    const bool there = value != nullptr && value->tensor;
    part.whole->setVisible(there);
    part.picture->setPicture(there ? std::make_shared<const PreviewPicture>(*value, gradient, dataset) : nullptr);
    part.figures->setText(there ? figures(*value) : QString());
}

}  // namespace gradlens
