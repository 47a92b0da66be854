// SPDX-License-Identifier: GPL-3.0-or-later
// The properties of one layer: name, attributes, what comes out, and what the layer does. GUI thread.
#pragma once
#include "ui/models/design_document.h"

#include <QWidget>

class QLabel;
class QLineEdit;
class QPushButton;
class QToolButton;

namespace gradlens {

class AttributeForm;
class CollapsibleSection;

class NodeForm : public QWidget {
    Q_OBJECT
public:
    explicit NodeForm(DesignDocument& document, QWidget* parent = nullptr);
    // None: shows nothing.
    void setNode(NodeId node);
    AttributeForm* attributes() const { return m_form; }
    QLineEdit* nameField() const { return m_name; }
    QPushButton* linkButton() const { return m_link; }  // to the data, from an Input; to the objective, from a loss

signals:
    void dataAsked();
    void objectiveAsked();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void refresh();
    void refreshFigures();
    void openBlockMenu(const std::string& attribute, QToolButton* button);
    void expose(const std::string& attribute, const QString& parameter);
    void nameTyped(const QString& text);
    void showNameFault(const QString& fault);

    DesignDocument& m_document;
    NodeId m_node = NodeId::None;
    QString m_op;
    QWidget* m_chip;
    QLabel* m_title;
    QLabel* m_summary;
    QLineEdit* m_name;
    QLabel* m_nameFault;
    AttributeForm* m_form;
    QPushButton* m_link;
    QLabel* m_figures;
    CollapsibleSection* m_mathsSection;
    QLabel* m_maths;
};

}  // namespace gradlens
