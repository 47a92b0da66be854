// SPDX-License-Identifier: GPL-3.0-or-later
// The properties of the block that is open: its name, what it is, its ports, and the parameters that its users may set.
// GUI thread.
#pragma once
#include "ui/models/design_document.h"

#include <QWidget>

#include <vector>

class QLabel;
class QLineEdit;
class QPushButton;
class QToolButton;
class QVBoxLayout;

namespace gradlens {

class AttributeForm;

class BlockForm : public QWidget {
    Q_OBJECT
public:
    explicit BlockForm(DesignDocument& document, QWidget* parent = nullptr);

    QLineEdit* summaryField() const { return m_summary; }
    QPushButton* addInputButton() const { return m_addInput; }
    QPushButton* addOutputButton() const { return m_addOutput; }
    // Of a parameter of the block; null when there is none of this name.
    AttributeForm* parameterForm(const std::string& parameter) const;
    QToolButton* removeButton(const std::string& parameter) const;

private:
    struct Part {
        std::string name;
        AttributeType type = AttributeType::Integer;
        QWidget* widget = nullptr;
        AttributeForm* form = nullptr;
        QToolButton* remove = nullptr;
        QLabel* title = nullptr;
    };
    void refresh();
    void rebuild();
    void addPart(const AttributeSpec& parameter);
    void edited(std::size_t part, const std::string& field, const AttributeValue& value);
    void rename(std::size_t part, const QString& name);

    DesignDocument& m_document;
    QLabel* m_title;
    QLabel* m_uses;
    QLineEdit* m_summary;
    QPushButton* m_addInput;
    QPushButton* m_addOutput;
    QLabel* m_none;
    QVBoxLayout* m_column;
    std::vector<Part> m_parts;
};

}  // namespace gradlens
