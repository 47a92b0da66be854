// SPDX-License-Identifier: GPL-3.0-or-later
// Headings that give side panels one rhythm: a line with a title and small tools, and the same above content that folds
// away.
#pragma once
#include <QWidget>

class QHBoxLayout;
class QLabel;
class QToolButton;

namespace gradlens {

class SectionHeader : public QWidget {
    Q_OBJECT
public:
    explicit SectionHeader(const QString& title, QWidget* parent = nullptr);
    void setTitle(const QString& title);
    // A faint note behind the title: a count, a unit.
    void setNote(const QString& note);
    // At the right end, in the order of the calls. Takes ownership.
    void addTool(QWidget* tool);

private:
    friend class CollapsibleSection;
    QHBoxLayout* m_row;
    QLabel* m_title;
    QLabel* m_note;
};

class CollapsibleSection : public QWidget {
    Q_OBJECT
public:
    explicit CollapsibleSection(const QString& title, QWidget* parent = nullptr);
    void setContent(QWidget* content);  // takes ownership
    SectionHeader* header() const { return m_header; }
    bool isOpen() const { return m_open; }
    void setOpen(bool open);

signals:
    void toggled(bool open);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    SectionHeader* m_header;
    QToolButton* m_arrow;
    QWidget* m_content = nullptr;
    bool m_open = true;
};

}  // namespace gradlens
