// SPDX-License-Identifier: GPL-3.0-or-later
// Where one begins: go on with an interrupted run, open a recent project, try an example, make a new one. Reads the
// runs and examples when it is shown. GUI thread.
#pragma once
#include "ui/shell/app_settings.h"

#include <QWidget>

class QGridLayout;
class QLabel;
class QVBoxLayout;

namespace gradlens {

class OpCatalogue;
class ProjectCard;
struct RunInfo;

class StartPage : public QWidget {
    Q_OBJECT
public:
    StartPage(AppSettings& settings, const OpCatalogue& catalogue, QWidget* parent = nullptr);
    void refresh();

signals:
    void newRequested();
    void openRequested();
    void projectChosen(const QString& path);
    void exampleChosen(const QString& path);
    void runChosen(const QString& folder);
    void helpRequested(const QString& page);

protected:
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    QWidget* makeHead();
    QWidget* makeLearn();
    void fillExamples();
    void placeExamples();
    void fillRuns();
    void fillRecent();

    AppSettings& m_settings;
    const OpCatalogue& m_catalogue;
    QWidget* m_page;
    QWidget* m_runs;
    QVBoxLayout* m_runRows;
    QGridLayout* m_cardGrid;
    QList<ProjectCard*> m_cards;
    QWidget* m_recent;
    QVBoxLayout* m_recentRows;
    int m_columns = 0;
};

}  // namespace gradlens
