// SPDX-License-Identifier: GPL-3.0-or-later
// Finds layers of the drawing by name, kind or attribute while one types: they stand out on the canvas, one after the
// other is selected and brought into sight. Escape closes it, and the selection stays. GUI thread.
#pragma once
#include "core/graph/model_graph.h"

#include <QFrame>

#include <vector>

class QLabel;

namespace gradlens {

class CanvasView;
class SearchField;

class FindBar : public QFrame {
    Q_OBJECT
public:
    // A child of the view's viewport.
    explicit FindBar(CanvasView& view);

    void open();
    void step(int by);  // to the next; around the end

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    void search();
    void refresh();
    void showCount();
    void goTo(std::size_t place);
    void leave();

    CanvasView& m_view;
    SearchField* m_field;
    QLabel* m_count;
    std::vector<NodeId> m_found;
    std::size_t m_place = 0;
};

}  // namespace gradlens
