// SPDX-License-Identifier: GPL-3.0-or-later
// The properties of what is selected: a layer, several, or, with nothing selected, the project
// or the block that is open. GUI thread.
#pragma once
#include "ui/models/design_document.h"

#include <QScrollArea>

class QLabel;
class QVBoxLayout;

namespace gradlens {

class BlockForm;
class NodeForm;
class ProjectForm;

class PropertyPanel : public QScrollArea {
    Q_OBJECT
public:
    explicit PropertyPanel(DesignDocument& document, QWidget* parent = nullptr);
    NodeForm* nodeForm() const { return m_node; }
    ProjectForm* projectForm() const { return m_project; }
    BlockForm* blockForm() const { return m_block; }
    QString summaryText() const;  // of several layers; empty otherwise
    // Above the forms; it shows and hides itself. Takes ownership.
    void addAtTop(QWidget* section);

private:
    void refresh();
    QString several() const;

    DesignDocument& m_document;
    QVBoxLayout* m_column;
    NodeForm* m_node;
    ProjectForm* m_project;
    BlockForm* m_block;
    QLabel* m_several;
};

}  // namespace gradlens
