// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/help_viewer.h"

#include "core/graph/block_library.h"
#include "core/ops/catalogue/catalogue.h"
#include "ui/shell/op_help.h"
#include "ui/theme/theme.h"
#include "ui/widgets/search_field.h"

#include <QDesktopServices>
#include <QFile>
#include <QHBoxLayout>
#include <QListWidget>
#include <QSplitter>
#include <QTextBlock>
#include <QTextBrowser>
#include <QTextTable>
#include <QUrl>
#include <QVBoxLayout>

#include <algorithm>

namespace gradlens {
namespace {

constexpr int kNameRole = Qt::UserRole;

// Markdown comes with Qt's plain look: give it the application's measure.
void styleDocument(QTextDocument& document) {
    const Theme& theme = Theme::instance();
    for (QTextBlock block = document.begin(); block.isValid(); block = block.next()) {
        QTextCursor cursor(block);
        QTextBlockFormat format = block.blockFormat();
        const int level = format.headingLevel();
        format.setLineHeight(level > 0 ? 110 : 135, QTextBlockFormat::ProportionalHeight);
        const bool code = format.hasProperty(QTextFormat::BlockCodeFence) || format.nonBreakableLines();
        if (level > 0) {
            format.setTopMargin(level == 1 ? 0 : 22);
            format.setBottomMargin(level == 1 ? 10 : 6);
        } else if (!code && !block.textList() && !cursor.currentTable()) {
            format.setBottomMargin(8);
        }
        if (code) format.setBackground(theme.color(ThemeColor::Field));
        cursor.setBlockFormat(format);
        cursor.select(QTextCursor::BlockUnderCursor);
        QTextCharFormat letters;
        if (level > 0) {
            QFont font = level == 1 ? theme.title() : theme.strong();
            if (level == 2) font.setPixelSize(15);
            letters.setFont(font);
        } else if (code) {
            letters.setFont(theme.mono());
            letters.setForeground(theme.color(ThemeColor::TextMuted));
        }
        if (level > 0 || code) cursor.mergeCharFormat(letters);
    }
    for (QTextFrame* frame : document.rootFrame()->childFrames()) {
        auto* table = qobject_cast<QTextTable*>(frame);
        if (!table) continue;
        QTextTableFormat format = table->format();
        format.setBorder(0);
        format.setCellPadding(6);
        format.setCellSpacing(0);
        format.setWidth(QTextLength(QTextLength::PercentageLength, 100));
        table->setFormat(format);
        for (int row = 0; row < table->rows(); ++row)
            for (int column = 0; column < table->columns(); ++column) {
                QTextTableCell cell = table->cellAt(row, column);
                QTextTableCellFormat cellFormat = cell.format().toTableCellFormat();
                cellFormat.setBottomBorder(1);
                cellFormat.setBottomBorderStyle(QTextFrameFormat::BorderStyle_Solid);
                cellFormat.setBottomBorderBrush(theme.color(ThemeColor::Border));
                cell.setFormat(cellFormat);
            }
    }
}

}  // namespace

QList<HelpViewer::Page> HelpViewer::pages(const OpCatalogue& catalogue) {
    QList<Page> pages{{"first-steps", tr("First steps"), tr("Guide")},
                      {"design", tr("Drawing a network"), tr("Guide")},
                      {"blocks", tr("Blocks and shared weights"), tr("Guide")},
                      {"data", tr("Data"), tr("Guide")},
                      {"training", tr("Training settings"), tr("Guide")},
                      {"runs", tr("Running"), tr("Guide")},
                      {"train", tr("Watching it learn"), tr("Guide")},
                      {"inspect", tr("Looking inside"), tr("Guide")},
                      {"export", tr("Export"), tr("Guide")},
                      {"shortcuts", tr("Keys"), tr("Guide")}};
    pages.removeIf([](const Page& page) { return !QFile::exists(":/help/" + page.name + ".md"); });
    for (const OpDefinition* op : listedOps(catalogue))
        pages.append({"op:" + QString::fromStdString(op->name), QString::fromStdString(op->name),
                      QString::fromStdString(op->category)});
    return pages;
}

HelpViewer::HelpViewer(const OpCatalogue& catalogue, QWidget* parent)
    : QWidget(parent, Qt::Window), m_catalogue(catalogue), m_list(new QListWidget), m_text(new QTextBrowser) {
    setWindowTitle(tr("Help"));
    setObjectName("helpViewer");
    setProperty("look", "panel");
    setAttribute(Qt::WA_StyledBackground);
    resize(960, 680);
    auto* field = new SearchField(tr("Find a page…"));
    connect(field, &QLineEdit::textChanged, this, &HelpViewer::filter);
    connect(field, &SearchField::moved, this, [this](int rows) {
        m_list->setCurrentRow(std::clamp(m_list->currentRow() + rows, 0, m_list->count() - 1));
    });
    auto* side = new QWidget;
    auto* column = new QVBoxLayout(side);
    column->setContentsMargins(12, 12, 6, 12);
    column->addWidget(field);
    column->addWidget(m_list);
    m_text->setOpenLinks(false);
    m_text->document()->setDocumentMargin(28);
    connect(m_text, &QTextBrowser::anchorClicked, this, [this](const QUrl& url) {
        if (url.scheme().startsWith("http"))
            QDesktopServices::openUrl(url);
        else
            open(url.toString().remove(".md"));
    });
    auto* splitter = new QSplitter;
    splitter->addWidget(side);
    splitter->addWidget(m_text);
    splitter->setSizes({240, 720});
    splitter->setStretchFactor(1, 1);
    splitter->setChildrenCollapsible(false);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(splitter);
    fillList();
    connect(m_list, &QListWidget::currentItemChanged, this, [this](QListWidgetItem* item) {
        if (item && !item->data(kNameRole).toString().isEmpty()) showPage(item->data(kNameRole).toString());
    });
    connect(&Theme::instance(), &Theme::changed, this, [this] { showPage(currentPage()); });
    open("first-steps");
}

void HelpViewer::fillList() {
    QString group;
    for (const Page& page : pages(m_catalogue)) {
        if (page.group != group) {
            group = page.group;
            auto* head = new QListWidgetItem(group);
            head->setFlags(Qt::NoItemFlags);
            head->setFont(Theme::instance().small());
            head->setForeground(Theme::instance().color(ThemeColor::TextFaint));
            m_list->addItem(head);
        }
        auto* item = new QListWidgetItem("   " + page.title);
        item->setData(kNameRole, page.name);
        m_list->addItem(item);
    }
}

void HelpViewer::filter(const QString& text) {
    for (int i = 0; i < m_list->count(); ++i) {
        QListWidgetItem* item = m_list->item(i);
        const bool head = item->data(kNameRole).toString().isEmpty();
        item->setHidden(!text.isEmpty() && (head || !item->text().contains(text, Qt::CaseInsensitive)));
    }
}

void HelpViewer::open(const QString& page) {
    for (int i = 0; i < m_list->count(); ++i) {
        if (m_list->item(i)->data(kNameRole).toString() != page) continue;
        m_list->setCurrentRow(i);
        return;
    }
    for (int i = 0; i < m_list->count(); ++i) {
        if (m_list->item(i)->data(kNameRole).toString().isEmpty()) continue;
        m_list->setCurrentRow(i);
        return;
    }
}

QString HelpViewer::currentPage() const {
    return m_list->currentItem() ? m_list->currentItem()->data(kNameRole).toString() : QString();
}

void HelpViewer::showPage(const QString& page) {
    QString markdown;
    if (page.startsWith("op:")) {
        if (const OpDefinition* op = m_catalogue.find(page.mid(3).toStdString())) markdown = opHelpMarkdown(*op);
    } else {
        QFile file(":/help/" + page + ".md");
        if (file.open(QIODevice::ReadOnly)) markdown = QString::fromUtf8(file.readAll());
    }
    // The licence line is for readers of the source.
    if (markdown.startsWith("<!--")) markdown.remove(0, markdown.indexOf("-->") + 3);
    m_text->setMarkdown(markdown);
    styleDocument(*m_text->document());
}

}  // namespace gradlens
