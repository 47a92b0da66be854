// SPDX-License-Identifier: GPL-3.0-or-later
// A project as a card: a silhouette of its network, its name, what it is about, and a line of facts. GUI thread.
#pragma once
#include "core/graph/analysis.h"
#include "core/io/project.h"

#include <QAbstractButton>
#include <QVector>

namespace gradlens {

// One column of the silhouette for each layer of the drawing, left to right; a bar for each node in it, as high as the
// logarithm of what it puts out, in the colour of its category.
struct Silhouette {
    struct Bar {
        int column = 0, row = 0;
        double size = 0;  // 0..1
        QString category;
    };
    QVector<Bar> bars;
    QVector<QPair<int, int>> links;  // indices of bars
    int columns = 0, rows = 0;
};
Silhouette silhouetteOf(const ModelGraph& graph, const GraphAnalysis& analysis);

class ProjectCard : public QAbstractButton {
    Q_OBJECT
public:
    ProjectCard(const Project& project, const OpCatalogue& catalogue, QWidget* parent = nullptr);
    QSize sizeHint() const override;
    bool hasHeightForWidth() const override { return false; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    void paintSilhouette(class QPainter& painter, const QRectF& place) const;
    QString m_title, m_description, m_facts;
    Silhouette m_silhouette;
    bool m_ring = false;  // for those who walk by keyboard
};

}  // namespace gradlens
