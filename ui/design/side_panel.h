// SPDX-License-Identifier: GPL-3.0-or-later
// The side of the Design workspace: the properties of what is selected, the data, the objective; one at a time. GUI
// thread.
#pragma once
#include "ui/models/design_document.h"

#include <QWidget>

class QStackedWidget;
class QTabBar;

namespace gradlens {

class DataPanel;
class DatasetProvider;
class ObjectivePanel;
class PropertyPanel;

class SidePanel : public QWidget {
    Q_OBJECT
public:
    enum Page { Properties, Data, Objective };

    // Document and provider must outlive it.
    SidePanel(DesignDocument& document, DatasetProvider& provider, QWidget* parent = nullptr);

    PropertyPanel& properties() { return *m_properties; }
    DataPanel& data() { return *m_data; }
    ObjectivePanel& objective() { return *m_objective; }
    QTabBar& tabs() { return *m_tabs; }
    Page page() const;
    void show(Page page);
    using QWidget::show;
    void takeFocus();  // into the page

signals:
    void nodeChosen(gradlens::NodeId node);

private:
    void follow();

    DesignDocument& m_document;
    QTabBar* m_tabs;
    QStackedWidget* m_stack;
    PropertyPanel* m_properties;
    DataPanel* m_data;
    ObjectivePanel* m_objective;
};

}  // namespace gradlens
