// SPDX-License-Identifier: GPL-3.0-or-later
// Where one begins: go on with an interrupted run, open a recent project, begin from a template, try an
// example, make a new one. Reads the runs and the cards when it is shown. GUI thread.
#pragma once
#include "ui/shell/app_settings.h"

#include <QWidget>

class QLabel;
class QVBoxLayout;

namespace gradlens {

class CardGrid;
class OpCatalogue;
struct Project;

class StartPage : public QWidget {
    Q_OBJECT
public:
    StartPage(AppSettings& settings, const OpCatalogue& catalogue, QWidget* parent = nullptr);
    void refresh();

signals:
    void newRequested();
    void openRequested();
    void projectChosen(const QString& path);
    void exampleChosen(const QString& path);  // or a template
    void runChosen(const QString& folder);
    void helpRequested(const QString& page);

protected:
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    QWidget* makeHead();
    QWidget* makeLearn();
    void fillCards();
    void addCard(CardGrid& grid, const Project& project, const QString& name, const QString& path);
    void arrangeCards();
    void fillRuns();
    void fillRecent();

    AppSettings& m_settings;
    const OpCatalogue& m_catalogue;
    QWidget* m_page;
    QWidget* m_runs;
    QVBoxLayout* m_runRows;
    CardGrid* m_templates;
    CardGrid* m_examples;
    QWidget* m_recent;
    QVBoxLayout* m_recentRows;
};

}  // namespace gradlens
