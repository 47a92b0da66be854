// SPDX-License-Identifier: GPL-3.0-or-later
// The transforms of the project's data, in the order they are applied: added from a menu, moved, removed, each with a
// form of its attributes. Every change is one undoable step. GUI thread.
#pragma once
#include "ui/models/design_document.h"

#include <QWidget>

#include <string>
#include <vector>

class QLabel;
class QMenu;
class QToolButton;
class QVBoxLayout;

namespace gradlens {

class AttributeForm;

class TransformList : public QWidget {
    Q_OBJECT
public:
    explicit TransformList(DesignDocument& document, QWidget* parent = nullptr);

    // Opens the menu of what can be added; for the head of a section.
    QToolButton* addButton() const { return m_add; }
    // By name, at the end.
    void add(const std::string& name);
    int count() const { return static_cast<int>(m_rows.size()); }
    AttributeForm* formOf(int row) const;
    QToolButton* upButton(int row) const { return m_rows[static_cast<std::size_t>(row)].up; }
    QToolButton* downButton(int row) const { return m_rows[static_cast<std::size_t>(row)].down; }
    QToolButton* removeButton(int row) const { return m_rows[static_cast<std::size_t>(row)].remove; }

private:
    struct Row {
        QWidget* frame = nullptr;
        AttributeForm* form = nullptr;
        QToolButton *up = nullptr, *down = nullptr, *remove = nullptr;
    };
    Row makeRow(int row, const TransformSpec& spec);
    void move(int row, int by);
    void remove(int row);
    void setAttribute(int row, const std::string& name, const AttributeValue* value);
    void change(const std::vector<TransformSpec>& transforms, const QString& step, const QString& mergeKey = {});
    void refresh();
    void fillMenu(QMenu& menu);

    DesignDocument& m_document;
    QToolButton* m_add;
    QVBoxLayout* m_column;
    QLabel* m_none;
    std::vector<Row> m_rows;
    std::vector<std::string> m_names;  // of the rows
};

}  // namespace gradlens
