// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/start_page.h"

#include "core/train/run_folder.h"
#include "ui/shell/card_grid.h"
#include "ui/shell/number_text.h"
#include "ui/shell/paths.h"
#include "ui/shell/project_card.h"
#include "ui/shell/project_templates.h"
#include "ui/shell/resources_folder.h"
#include "ui/shell/start_row.h"
#include "ui/theme/theme.h"

#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QLabel>
#include <QLocale>
#include <QPainter>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>
#include <chrono>

namespace gradlens {
namespace {

constexpr int kPageWidth = 1120;
constexpr int kMostRuns = 4;
constexpr int kMostRecentShown = 6;

QString whenText(const QDateTime& time) {
    const qint64 seconds = time.secsTo(QDateTime::currentDateTime());
    if (seconds < 90) return StartPage::tr("just now");
    if (seconds < 3600) return StartPage::tr("%1 min ago").arg(seconds / 60);
    if (time.date() == QDate::currentDate()) return StartPage::tr("today %1").arg(time.toString("HH:mm"));
    if (time.date() == QDate::currentDate().addDays(-1))
        return StartPage::tr("yesterday %1").arg(time.toString("HH:mm"));
    return QLocale().toString(time.date(), QLocale::ShortFormat);
}

QDateTime toDateTime(std::filesystem::file_time_type time) {
    const auto system = std::chrono::file_clock::to_sys(time);
    return QDateTime::fromSecsSinceEpoch(
        std::chrono::duration_cast<std::chrono::seconds>(system.time_since_epoch()).count());
}

QLabel* heading(const QString& text) {
    auto* label = new QLabel(text);
    QFont font = Theme::instance().strong();
    font.setPixelSize(14);
    label->setFont(font);
    return label;
}

// Rows under a heading, in a card.
QWidget* makeSection(const QString& title, QVBoxLayout** rows) {
    auto* section = new QWidget;
    auto* column = new QVBoxLayout(section);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(Theme::kSpace);
    column->addWidget(heading(title));
    auto* card = new QFrame;
    card->setProperty("look", "card");
    *rows = new QVBoxLayout(card);
    (*rows)->setContentsMargins(4, 4, 4, 4);
    (*rows)->setSpacing(0);
    column->addWidget(card);
    column->addStretch();
    return section;
}

void clear(QVBoxLayout* rows) {
    while (QLayoutItem* item = rows->takeAt(0)) {
        if (QWidget* widget = item->widget()) {
            widget->hide();
            widget->deleteLater();
        }
        delete item;
    }
}

}  // namespace

StartPage::StartPage(AppSettings& settings, const OpCatalogue& catalogue, QWidget* parent)
    : QWidget(parent), m_settings(settings), m_catalogue(catalogue), m_page(new QWidget) {
    setObjectName("startPage");
    m_page->setMaximumWidth(kPageWidth);
    auto* column = new QVBoxLayout(m_page);
    column->setContentsMargins(Theme::kSpace * 5, Theme::kSpace * 5, Theme::kSpace * 5, Theme::kSpace * 3);
    column->setSpacing(Theme::kSpace * 4);
    column->addWidget(makeHead());
    m_runs = makeSection(tr("Go on with an interrupted run"), &m_runRows);
    column->addWidget(m_runs);

    m_templates = new CardGrid(tr("Templates"), tr("Well-known networks to begin from; each trains as it is."));
    m_examples = new CardGrid(tr("Examples"), tr("Worked-out projects to look into."));
    column->addWidget(m_templates);
    column->addWidget(m_examples);

    auto* feet = new QHBoxLayout;
    feet->setSpacing(Theme::kSpace * 4);
    m_recent = makeSection(tr("Recent projects"), &m_recentRows);
    feet->addWidget(m_recent, 3);
    feet->addWidget(makeLearn(), 2);
    column->addLayout(feet);
    column->addStretch();

    auto* centred = new QWidget;
    auto* row = new QHBoxLayout(centred);
    row->setContentsMargins(0, 0, 0, 0);
    row->addStretch(1);
    row->addWidget(m_page, 1000);
    row->addStretch(1);
    centred->setProperty("look", "plain");
    auto* scroll = new QScrollArea;
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(centred);
    scroll->viewport()->setAutoFillBackground(false);
    centred->setAutoFillBackground(false);
    auto* whole = new QVBoxLayout(this);
    whole->setContentsMargins(0, 0, 0, 0);
    whole->addWidget(scroll);
}

QWidget* StartPage::makeHead() {
    auto* head = new QWidget;
    auto* row = new QHBoxLayout(head);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(Theme::kSpace * 2);
    auto* logo = new QLabel;
    logo->setPixmap(Theme::instance().icon("gradlens").pixmap(QSize(52, 52), devicePixelRatioF()));
    row->addWidget(logo);
    auto* words = new QVBoxLayout;
    words->setSpacing(2);
    auto* name = new QLabel(QStringLiteral("Gradlens"));
    QFont font = Theme::instance().title();
    font.setPixelSize(26);
    name->setFont(font);
    auto* line = new QLabel(tr("Draw a network, watch it learn, look inside."));
    line->setProperty("look", "muted");
    words->addWidget(name);
    words->addWidget(line);
    row->addLayout(words);
    row->addStretch();
    auto* open = new QPushButton(tr("Open…"));
    open->setIcon(Theme::instance().icon("open"));
    open->setToolTip(tr("Open a project file (Ctrl+O)"));
    connect(open, &QPushButton::clicked, this, &StartPage::openRequested);
    auto* fresh = new QPushButton(tr("New project"));
    fresh->setProperty("look", "primary");
    fresh->setIcon(Theme::instance().icon("plus", ThemeColor::AccentText));
    fresh->setToolTip(tr("Begin with an empty drawing (Ctrl+N)"));
    connect(fresh, &QPushButton::clicked, this, &StartPage::newRequested);
    for (QPushButton* button : {open, fresh}) {
        button->setMinimumHeight(24);
        button->setCursor(Qt::PointingHandCursor);
        row->addWidget(button);
    }
    return head;
}

QWidget* StartPage::makeLearn() {
    QVBoxLayout* rows = nullptr;
    QWidget* section = makeSection(tr("Learn"), &rows);
    const struct {
        const char *icon, *page;
        QString title, note;
    } pages[] = {{"play", "first-steps", tr("First steps"), tr("From an example to a trained network in five minutes")},
                 {"design", "design", tr("Drawing a network"), tr("Layers, connections, shapes and problems")},
                 {"inspect", "inspect", tr("Looking inside"), tr("Weights, gradients and outputs under the lens")},
                 {"keyboard", "shortcuts", tr("Keys"), tr("Everything has a key; Ctrl+K finds the rest")}};
    for (const auto& page : pages) {
        auto* row = new StartRow(page.icon, page.title, page.note, {});
        connect(row, &QAbstractButton::clicked, this, [this, name = QString(page.page)] { emit helpRequested(name); });
        rows->addWidget(row);
    }
    return section;
}

void StartPage::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    refresh();
}

void StartPage::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    arrangeCards();
}

void StartPage::paintEvent(QPaintEvent*) {
    QPainter(this).fillRect(rect(), Theme::instance().color(ThemeColor::Panel));
}

void StartPage::refresh() {
    if (m_examples->isEmpty()) fillCards();
    fillRuns();
    fillRecent();
}

void StartPage::fillCards() {
    QStringList shown;  // an example that is a template has its card there
    for (const ProjectTemplate& each : projectTemplates(m_catalogue)) {
        addCard(*m_templates, each.project, "template-" + each.name, each.path);
        shown.append(each.path);
    }
    const QDir folder(resourcesFolder() + "/examples");
    for (const QString& file : folder.entryList({"*.gradlens"}, QDir::Files, QDir::Name)) {
        const QString path = folder.filePath(file);
        if (shown.contains(QDir::cleanPath(path))) continue;
        try {
            addCard(*m_examples, loadProject(toPath(path), m_catalogue),
                    "example-" + QFileInfo(file).completeBaseName(), path);
        } catch (const Error& error) {
            qWarning("example left out: %s", error.what());
        }
    }
    arrangeCards();
}

void StartPage::addCard(CardGrid& grid, const Project& project, const QString& name, const QString& path) {
    auto* card = new ProjectCard(project, m_catalogue);
    card->setObjectName(name);
    connect(card, &QAbstractButton::clicked, this, [this, path] { emit exampleChosen(path); });
    grid.add(card);
}

void StartPage::arrangeCards() {
    const int room = std::min(width(), kPageWidth) - Theme::kSpace * 10;
    for (CardGrid* grid : {m_templates, m_examples}) grid->arrange(room);
}

void StartPage::fillRuns() {
    clear(m_runRows);
    int shown = 0;
    for (const RunInfo& run : listRuns(toPath(m_settings.runsFolder()))) {
        if (run.finished || !run.interrupted || run.step <= 0 || shown == kMostRuns) continue;
        const QString note = tr("Stopped at step %1 of %2").arg(groupedText(run.step), groupedText(run.totalSteps));
        auto* row = new StartRow("history", QString::fromStdString(run.name), note, whenText(toDateTime(run.changed)));
        if (run.totalSteps > 0) row->setProgress(static_cast<double>(run.step) / static_cast<double>(run.totalSteps));
        row->setToolTip(toQString(run.folder));
        row->setObjectName("interruptedRun");
        connect(row, &QAbstractButton::clicked, this,
                [this, folder = toQString(run.folder)] { emit runChosen(folder); });
        m_runRows->addWidget(row);
        ++shown;
    }
    m_runs->setVisible(shown > 0);
}

void StartPage::fillRecent() {
    clear(m_recentRows);
    const QStringList paths = m_settings.recentProjects().mid(0, kMostRecentShown);
    for (const QString& path : paths) {
        const QFileInfo file(path);
        QString folder = file.absolutePath();
        if (folder.startsWith(QDir::homePath())) folder.replace(0, QDir::homePath().size(), "~");
        auto* row = new StartRow("file", file.completeBaseName(), folder, whenText(file.lastModified()));
        row->setToolTip(path);
        connect(row, &QAbstractButton::clicked, this, [this, path] { emit projectChosen(path); });
        m_recentRows->addWidget(row);
    }
    if (paths.isEmpty()) {
        auto* none = new QLabel(tr("Projects you save or open appear here."));
        none->setProperty("look", "faint");
        none->setContentsMargins(12, 14, 12, 14);
        m_recentRows->addWidget(none);
    }
}

}  // namespace gradlens
