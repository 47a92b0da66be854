// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/project_files.h"

#include "core/train/journal_replay.h"
#include "core/train/run_folder.h"
#include "ui/models/design_document.h"
#include "ui/shell/paths.h"

#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QMessageBox>
#include <QPushButton>
#include <QRegularExpression>

namespace gradlens {
namespace {

const QString kFileMessage = QStringLiteral("file");

QString filters() {
    return ProjectFiles::tr("Gradlens projects (*.gradlens);;All files (*)");
}

}  // namespace

ProjectFiles::ProjectFiles(DesignDocument& document, AppSettings& settings, QWidget* window)
    : QObject(window),
      m_document(document),
      m_settings(settings),
      m_window(window),
      m_projectFolder(QDir::homePath()) {}

bool ProjectFiles::guard() {
    if (!m_document.isModified()) return true;
    QMessageBox box(QMessageBox::NoIcon, tr("Unsaved changes"),
                    tr("Save the changes to “%1”?").arg(m_document.displayName()),
                    QMessageBox::Save | QMessageBox::Discard | QMessageBox::Cancel, m_window);
    box.setObjectName("unsavedChanges");
    box.setInformativeText(tr("They are lost otherwise. Runs on disk are not touched."));
    box.setDefaultButton(QMessageBox::Save);
    switch (box.exec()) {
        case QMessageBox::Save:
            return save();
        case QMessageBox::Discard:
            return true;
        default:
            return false;
    }
}

bool ProjectFiles::newProject() {
    if (!guard()) return false;
    m_document.newProject();
    m_projectFolder = m_settings.lastFolder();
    emit replaced();
    return true;
}

bool ProjectFiles::openAsked() {
    const QString path = QFileDialog::getOpenFileName(m_window, tr("Open project"), m_settings.lastFolder(), filters());
    return !path.isEmpty() && open(path);
}

bool ProjectFiles::open(const QString& path) {
    const QFileInfo file(path);
    if (!adopt([&] { return loadProject(toPath(path), m_document.baseCatalogue()); }, file.absoluteFilePath(),
               file.absolutePath())) {
        m_settings.removeRecentProject(file.absoluteFilePath());
        return false;
    }
    m_settings.addRecentProject(m_document.path());
    m_settings.setLastFolder(file.absolutePath());
    return true;
}

bool ProjectFiles::openExample(const QString& path) {
    return adopt([&] { return loadProject(toPath(path), m_document.baseCatalogue()); }, {}, QFileInfo(path).absolutePath());
}

bool ProjectFiles::openRun(const QString& runFolder) {
    QString folder = runFolder;
    for (const RunInfo& run : listRuns(toPath(QFileInfo(runFolder).absolutePath())))
        if (run.folder == toPath(runFolder)) folder = toQString(run.projectFolder);
    return adopt([&] { return projectToResume(toPath(runFolder)); }, {}, folder);
}

bool ProjectFiles::adopt(const std::function<Project()>& load, const QString& path, const QString& folder) {
    try {
        // Read first, ask afterwards: a file that cannot be opened costs no question.
        Project project = load();
        if (!guard()) return false;
        m_document.adopt(std::move(project), path);
    } catch (const Error& error) {
        emit message(bannerFor(error, kFileMessage));
        return false;
    }
    m_projectFolder = folder;
    emit replaced();
    return true;
}

bool ProjectFiles::save() {
    return m_document.path().isEmpty() ? saveAs() : writeTo(m_document.path());
}

bool ProjectFiles::saveAs() {
    QString start = m_document.path();
    if (start.isEmpty()) {
        static const QRegularExpression unfit(QStringLiteral("[^A-Za-z0-9._-]+"));
        start = m_settings.lastFolder() + "/" + m_document.displayName().toLower().replace(unfit, "-") + ".gradlens";
    }
    QString path = QFileDialog::getSaveFileName(m_window, tr("Save project as"), start, filters());
    if (path.isEmpty()) return false;
    if (QFileInfo(path).suffix().isEmpty()) path += ".gradlens";
    return writeTo(path);
}

bool ProjectFiles::writeTo(const QString& path) {
    try {
        m_document.saveAs(path);
    } catch (const Error& error) {
        BannerMessage failed = bannerFor(error, kFileMessage);
        failed.actions = {{tr("Save as…"), [this] { saveAs(); }}};
        emit message(failed);
        return false;
    }
    const QFileInfo file(path);
    m_projectFolder = file.absolutePath();
    m_settings.addRecentProject(file.absoluteFilePath());
    m_settings.setLastFolder(file.absolutePath());
    emit saved();
    return true;
}

}  // namespace gradlens
