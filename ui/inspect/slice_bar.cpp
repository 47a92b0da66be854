// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inspect/slice_bar.h"

#include "ui/theme/theme.h"
#include "ui/widgets/elided_label.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QSpinBox>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace gradlens {

SliceBar::SliceBar(QWidget* parent)
    : QWidget(parent),
      m_mosaic(new QToolButton(this)),
      m_rows(new QComboBox(this)),
      m_columns(new QComboBox(this)),
      m_by(new QLabel(QStringLiteral("×"), this)),
      m_tiles(new ElidedLabel({}, this)),
      m_first(new QHBoxLayout),
      m_second(new QHBoxLayout) {
    m_mosaic->setCheckable(true);
    m_mosaic->setAccessibleName(tr("Mosaic"));
    m_mosaic->setToolTip(tr("Show all channels side by side"));
    m_rows->setToolTip(tr("The axis that runs down"));
    m_rows->setAccessibleName(tr("Row axis"));
    m_columns->setToolTip(tr("The axis that runs across"));
    m_columns->setAccessibleName(tr("Column axis"));
    for (QComboBox* box : {m_rows, m_columns}) {
        box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
        box->setFont(Theme::instance().small());
    }
    for (QLabel* label : {m_by, m_tiles}) {
        label->setProperty("look", "muted");
        label->setFont(Theme::instance().small());
    }
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(Theme::kSpace / 2);
    for (QHBoxLayout* line : {m_first, m_second}) {
        line->setSpacing(Theme::kSpace / 2);
        layout->addLayout(line);
    }
    m_first->addWidget(m_mosaic);
    m_first->addWidget(m_rows);
    m_first->addWidget(m_by);
    m_first->addWidget(m_columns);
    m_first->addWidget(m_tiles, 1);
    m_first->addStretch();
    m_second->addStretch();

    const auto icon = [this] { m_mosaic->setIcon(Theme::instance().icon(QStringLiteral("mosaic"))); };
    connect(&Theme::instance(), &Theme::changed, this, icon);
    icon();
    connect(m_mosaic, &QToolButton::toggled, this, [this](bool on) {
        SliceChoice next = m_choice;
        next.mosaic = on;
        choose(next);
    });
    connect(m_rows, &QComboBox::currentIndexChanged, this, [this](int axis) {
        SliceChoice next = m_choice;
        if (next.columnAxis == axis) next.columnAxis = next.rowAxis;  // choosing the other's axis swaps them
        next.rowAxis = axis;
        choose(next);
    });
    connect(m_columns, &QComboBox::currentIndexChanged, this, [this](int axis) {
        SliceChoice next = m_choice;
        if (next.rowAxis == axis) next.rowAxis = next.columnAxis;
        next.columnAxis = axis;
        choose(next);
    });
    hide();
}

void SliceBar::setTensor(const Shape& shape, TensorRole role) {
    if (shape == m_shape && role == m_role) return;
    const bool sameKind = shape.rank() == m_shape.rank() && role == m_role;
    m_shape = shape;
    m_role = role;
    m_choice = sameKind ? fitted(m_choice, shape) : defaultSlice(shape, role);
    rebuild();
}

void SliceBar::setChoice(const SliceChoice& choice) {
    choose(fitted(choice, m_shape));
}

void SliceBar::choose(SliceChoice choice) {
    if (m_filling || choice == m_choice) return;
    m_choice = std::move(choice);
    rebuild();
    emit changed();
}

void SliceBar::rebuild() {
    m_filling = true;
    setVisible(m_shape.rank() > 2);
    m_mosaic->setChecked(m_choice.mosaic);
    for (QWidget* part : {static_cast<QWidget*>(m_rows), static_cast<QWidget*>(m_by), static_cast<QWidget*>(m_columns)})
        part->setVisible(!m_choice.mosaic);
    m_tiles->setVisible(m_choice.mosaic);
    m_tiles->setText(tilesText());
    fillAxes();
    fillPositions();
    m_filling = false;
}

QString SliceBar::tilesText() const {
    if (m_shape.rank() <= 2) return {};
    std::vector<int> fixed = fixedAxes(m_choice, m_shape, m_role);
    QStringList tiled;
    for (int axis = 0; axis < m_shape.rank(); ++axis) {
        const bool shown = axis == m_choice.rowAxis || axis == m_choice.columnAxis;
        if (!shown && std::find(fixed.begin(), fixed.end(), axis) == fixed.end())
            tiled << QString::number(m_shape[axis]);
    }
    if (tiled.isEmpty()) return {};
    return tr("%1 tiles of %2×%3")
        .arg(tiled.join(QStringLiteral("×")))
        .arg(m_shape[m_choice.rowAxis])
        .arg(m_shape[m_choice.columnAxis]);
}

void SliceBar::fillAxes() {
    for (QComboBox* box : {m_rows, m_columns}) {
        box->clear();
        for (int axis = 0; axis < m_shape.rank(); ++axis)
            box->addItem(tr("%1 %2").arg(QString::fromStdString(axisName(axis, m_shape, m_role))).arg(m_shape[axis]));
    }
    m_rows->setCurrentIndex(m_choice.rowAxis);
    m_columns->setCurrentIndex(m_choice.columnAxis);
}

void SliceBar::fillPositions() {
    const std::vector<int> fixed = m_shape.elements() > 0 ? fixedAxes(m_choice, m_shape, m_role) : std::vector<int>{};
    // The boxes in use are kept: one may be in the user's hand.
    while (m_spinners.size() > fixed.size()) {
        m_spinners.back()->hide();
        m_spinners.back()->deleteLater();
        m_spinners.pop_back();
    }
    while (m_spinners.size() < fixed.size()) {
        auto* box = new QSpinBox(this);
        box->setFont(Theme::instance().small());
        box->setWrapping(true);
        box->setAccelerated(true);
        m_spinners.push_back(box);
        connect(box, &QSpinBox::valueChanged, this, [this, box](int at) {
            SliceChoice next = m_choice;
            next.position[static_cast<std::size_t>(box->property("axis").toInt())] = at;
            choose(next);
        });
    }
    for (std::size_t i = 0; i < fixed.size(); ++i) {
        auto* box = qobject_cast<QSpinBox*>(m_spinners[i]);
        // Beside the mosaic button where there is room, else on a line of their own.
        QHBoxLayout* line = m_choice.mosaic ? m_first : m_second;
        QHBoxLayout* other = m_choice.mosaic ? m_second : m_first;
        if (line->indexOf(box) < 0) {
            other->removeWidget(box);
            line->insertWidget(m_choice.mosaic ? 1 + static_cast<int>(i) : static_cast<int>(i), box);
        }
        const QString name = QString::fromStdString(axisName(fixed[i], m_shape, m_role));
        box->setProperty("axis", fixed[i]);
        box->setPrefix(name + QLatin1Char(' '));
        box->setRange(0, static_cast<int>(m_shape[fixed[i]] - 1));
        box->setValue(static_cast<int>(m_choice.position[static_cast<std::size_t>(fixed[i])]));
        box->setToolTip(tr("Which %1 of %2 is shown").arg(name).arg(m_shape[fixed[i]]));
        box->setAccessibleName(name);
    }
}

}  // namespace gradlens
