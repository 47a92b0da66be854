// SPDX-License-Identifier: GPL-3.0-or-later
// The help pages: Markdown from the resources, and a page for each op made from the catalogue. GUI thread.
#pragma once
#include <QWidget>

class QListWidget;
class QTextBrowser;

namespace gradlens {

class OpCatalogue;

class HelpViewer : public QWidget {
    Q_OBJECT
public:
    explicit HelpViewer(const OpCatalogue& catalogue, QWidget* parent = nullptr);
    // page: "first-steps", "shortcuts", or "op:Conv2D". Unknown pages show the first.
    void open(const QString& page);
    QString currentPage() const;

    struct Page {
        QString name, title, group;
    };
    static QList<Page> pages(const OpCatalogue& catalogue);

private:
    void showPage(const QString& page);
    void fillList();
    void filter(const QString& text);
    const OpCatalogue& m_catalogue;
    QListWidget* m_list;
    QTextBrowser* m_text;
};

}  // namespace gradlens
