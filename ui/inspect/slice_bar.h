// SPDX-License-Identifier: GPL-3.0-or-later
// Chooses what a picture of a tensor of more than two axes shows: tiles or one matrix, which axes, and where the others
// stand. Hidden for smaller ranks. GUI thread.
#pragma once
#include "ui/widgets/tensor_picture.h"

#include <QWidget>

class QComboBox;
class QHBoxLayout;
class QLabel;
class QSpinBox;
class QToolButton;

namespace gradlens {

class SliceBar : public QWidget {
    Q_OBJECT
public:
    explicit SliceBar(QWidget* parent = nullptr);

    // Keeps the user's choice where it still fits.
    void setTensor(const Shape& shape, TensorRole role);
    const SliceChoice& choice() const { return m_choice; }
    void setChoice(const SliceChoice& choice);

signals:
    void changed();

private:
    void rebuild();
    void fillAxes();
    void fillPositions();
    QString tilesText() const;
    void choose(SliceChoice choice);

    Shape m_shape;
    TensorRole m_role;
    SliceChoice m_choice;
    QToolButton* m_mosaic;
    QComboBox *m_rows, *m_columns;
    QLabel *m_by, *m_tiles;
    QHBoxLayout *m_first, *m_second;
    std::vector<QWidget*> m_spinners;
    bool m_filling = false;
};

}  // namespace gradlens
