// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/preview/preview_bar.h"

#include "ui/design/preview/picture_view.h"
#include "ui/theme/theme.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/segmented_control.h"

#include <QAction>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QStyle>
#include <QToolButton>

#include <algorithm>
#include <limits>

namespace gradlens {

namespace {
constexpr int kHeight = 40, kPicture = 28;
}  // namespace

PreviewBar::PreviewBar(DrawingPreview& preview, const PreviewActions& actions, QWidget* parent)
    : QWidget(parent), m_preview(preview) {
    setObjectName("previewBar");
    setProperty("look", "panel");
    setAttribute(Qt::WA_StyledBackground);
    setFixedHeight(kHeight);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(Theme::kSpace, 0, Theme::kSpace, 0);
    row->setSpacing(Theme::kSpace / 2);
    m_picture = new PictureView(kPicture, this);
    m_picture->setFixedSize(kPicture, kPicture);
    m_picture->setAccessibleName(tr("Sample"));
    m_label = new ElidedLabel({}, this);
    m_part = new SegmentedControl(this);
    m_part->addSegment(tr("Training"), {}, tr("Samples that the network learns from"));
    m_part->addSegment(tr("Validation"), {}, tr("Samples that it is judged by"));
    m_part->setAccessibleName(tr("Part of the data"));
    m_sample = new QSpinBox(this);
    m_sample->setAccessibleName(tr("Sample"));
    m_sample->setToolTip(tr("Which sample goes through the network"));
    m_sample->setButtonSymbols(QSpinBox::NoButtons);
    m_sample->setKeyboardTracking(false);
    m_sample->setFixedWidth(64);
    m_sample->setWrapping(true);
    m_count = new QLabel(this);
    m_caption = new ElidedLabel({}, this);
    for (QLabel* label : {static_cast<QLabel*>(m_label), m_count, static_cast<QLabel*>(m_caption)}) {
        label->setFont(Theme::instance().small());
        if (label != m_label) label->setProperty("look", "muted");
    }
    m_caption->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    const auto button = [&](QAction* action) {
        auto* made = new QToolButton(this);
        made->setDefaultAction(action);
        made->setIconSize({16, 16});
        made->setFixedSize(24, 28);
        made->setFocusPolicy(Qt::TabFocus);
        made->setAccessibleName(action->text());
        const QString keys = action->shortcut().toString(QKeySequence::NativeText);
        made->setToolTip(keys.isEmpty() ? action->text() : QString("%1  (%2)").arg(action->text(), keys));
        row->addWidget(made);
    };
    row->addWidget(m_part);
    row->addSpacing(Theme::kSpace / 2);
    button(actions.previousSample);
    row->addWidget(m_sample);
    button(actions.nextSample);
    button(actions.randomSample);
    row->addWidget(m_count);
    row->addSpacing(Theme::kSpace);
    row->addWidget(m_picture);
    row->addWidget(m_label, 1);
    row->addWidget(m_caption, 1);

    connect(m_part, &SegmentedControl::currentChanged, &preview,
            [&preview](int index) { preview.setValidation(index == 1); });
    connect(m_sample, &QSpinBox::valueChanged, &preview, [&preview](int value) { preview.setSample(value - 1); });
    connect(&preview, &DrawingPreview::modeChanged, this, [this] {
        setVisible(m_preview.isOn());
        refreshPreview();
    });
    connect(&preview, &DrawingPreview::sampleChanged, this, &PreviewBar::refreshSample);
    connect(&preview, &DrawingPreview::previewChanged, this, &PreviewBar::refreshPreview);
    connect(&Theme::instance(), &Theme::changed, this, &PreviewBar::refreshPreview);
    setVisible(preview.isOn());
    refreshSample();
    refreshPreview();
}

QString PreviewBar::labelText() const {
    return m_label->text();
}

QString PreviewBar::captionText() const {
    return m_caption->text();
}

void PreviewBar::refreshSample() {
    const qint64 count = m_preview.sampleCount();
    const QSignalBlocker quiet(m_sample), quietPart(m_part);
    m_sample->setRange(1, static_cast<int>(std::clamp<qint64>(count, 1, std::numeric_limits<int>::max())));
    m_sample->setValue(static_cast<int>(m_preview.sample() + 1));
    m_sample->setEnabled(count > 0);
    m_part->setSegmentEnabled(1, m_preview.hasValidation());
    m_part->setCurrentIndex(m_preview.isValidation() ? 1 : 0);
    m_count->setText(count > 0 ? tr("of %1").arg(QLocale().toString(count)) : QString());
}

void PreviewBar::refreshPreview() {
    if (!m_preview.isOn()) return;
    const auto preview = m_preview.preview();
    const bool there = preview != nullptr && preview->features;
    const bool shown = there && preview->features.shape().rank() > 1;
    m_picture->setVisible(shown);
    m_picture->setPicture(
        shown ? std::make_shared<const PreviewPicture>(
                    PreviewTensor{preview->features, statisticsOf(preview->features.view())}, false, preview->dataset)
              : nullptr);
    m_label->setText(there ? labelOf(*preview) : QString());
    const QString fault = m_preview.faultText();
    m_caption->setText(fault.isEmpty() ? m_preview.weightsText() : fault.simplified());
    m_caption->setProperty("look", preview != nullptr && !preview->fault.empty() ? "warning" : "muted");
    m_caption->style()->unpolish(m_caption);
    m_caption->style()->polish(m_caption);
}

// What the sample should come to: its class, or its target.
QString PreviewBar::labelOf(const Preview& preview) const {
    if (!preview.labels || preview.labels.elements() == 0) return {};
    if (preview.labels.dtype() == DType::Int32)
        return PreviewPicture({preview.labels, {}}, false, preview.dataset).summary();
    constexpr std::int64_t kMostShown = 4;
    QStringList values;
    for (std::int64_t i = 0; i < std::min(preview.labels.elements(), kMostShown); ++i)
        values << QString::number(preview.labels.at(i), 'g', 4);
    if (preview.labels.elements() > kMostShown) values << QStringLiteral("…");
    return values.join(QStringLiteral(", "));
}

}  // namespace gradlens
