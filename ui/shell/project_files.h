// SPDX-License-Identifier: GPL-3.0-or-later
// New, open, save: the file side of the document, with its dialogs and the guard of unsaved changes. A file that cannot
// be read gives one message and leaves the document as it was. GUI thread.
#pragma once
#include "ui/shell/app_settings.h"
#include "ui/widgets/banner.h"

#include <QObject>

#include <functional>

class QWidget;

namespace gradlens {

class DesignDocument;
struct Project;

class ProjectFiles : public QObject {
    Q_OBJECT
public:
    ProjectFiles(DesignDocument& document, AppSettings& settings, QWidget* window);

    // Each returns whether it was done; false when the user thought better of it or a message was given.
    bool newProject();
    bool openAsked();  // asks for the file
    bool open(const QString& path);
    bool openExample(const QString& path);   // as an unsaved copy
    bool openRun(const QString& runFolder);  // the project that the run goes on with
    bool save();
    bool saveAs();
    // Asks what to do with unsaved changes; true: go on.
    bool guard();

    // Where relative paths of the project start.
    QString projectFolder() const { return m_projectFolder; }

signals:
    void replaced();  // another project is in the document
    void saved();
    void message(const gradlens::BannerMessage& message);

private:
    // path: that the document is saved to from now on; empty: asked for.
    bool adopt(const std::function<Project()>& load, const QString& path, const QString& folder);
    bool writeTo(const QString& path);

    DesignDocument& m_document;
    AppSettings& m_settings;
    QWidget* m_window;
    QString m_projectFolder;
};

}  // namespace gradlens
