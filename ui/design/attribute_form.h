// SPDX-License-Identifier: GPL-3.0-or-later
// A form made from attribute specifications: a field, its help, a reset and a line for what does not fit, for each. It
// tells what the user entered only when it fits. GUI thread.
#pragma once
#include "core/ops/catalogue/attributes.h"

#include <QWidget>

#include <string>
#include <vector>

class QLabel;
class QLineEdit;
class QToolButton;
class QHBoxLayout;
class QVBoxLayout;

namespace gradlens {

class AttributeForm : public QWidget {
    Q_OBJECT
public:
    explicit AttributeForm(QWidget* parent = nullptr);

    // Other attributes: the fields are made anew. browseFolder: where path fields start looking.
    void setSpecs(std::vector<AttributeSpec> specs, const QString& browseFolder = {});
    const std::vector<AttributeSpec>& specs() const { return m_specs; }
    // Shows values (by default where there is none). A field one is typing in keeps its text while it means the same,
    // or while it is in error.
    void setValues(const Attributes& values);
    // Inside a block: every field has a menu to expose its attribute, and shows an expression as text.
    void setInBlock(bool inBlock) { m_inBlock = inBlock; }  // before setSpecs()
    QWidget* fieldOf(const std::string& name) const;
    QLineEdit* expressionOf(const std::string& name) const;   // null outside blocks
    QToolButton* blockMenuOf(const std::string& name) const;  // null outside blocks
    QString errorOf(const std::string& name) const;           // empty: fine
    void setError(const std::string& name, const QString& message);

signals:
    void edited(const std::string& name, const gradlens::AttributeValue& value);
    void resetAsked(const std::string& name);
    void expressionEdited(const std::string& name, const QString& text);
    void blockMenuAsked(const std::string& name, QToolButton* button);
    void editingFinished();  // a field lost the focus

private:
    struct Row {
        QWidget* field = nullptr;
        QLabel* error = nullptr;
        QToolButton* reset = nullptr;
        QLineEdit* expression = nullptr;
        QToolButton* menu = nullptr;
        QString rejected;  // the text that does not fit, while it stands there
    };
    void addRow(std::size_t index);
    QWidget* makeField(std::size_t index);
    void addExpression(std::size_t index, QHBoxLayout* head, QVBoxLayout* column);
    void showExpression(std::size_t index, const AttributeValue* value);
    void textEntered(std::size_t index, const QString& text);
    void accept(std::size_t index, AttributeValue value);
    void showError(std::size_t index, const QString& message);
    void showValue(std::size_t index, const AttributeValue& value);
    bool eventFilter(QObject* watched, QEvent* event) override;

    std::vector<AttributeSpec> m_specs;
    std::vector<Row> m_rows;
    QString m_browseFolder;
    QVBoxLayout* m_column;
    Attributes m_values;
    bool m_inBlock = false;
};

// Why a text does not fit: for people, starting with a capital.
QString faultOf(const AttributeSpec& spec, const QString& text);

}  // namespace gradlens
