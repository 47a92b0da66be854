// SPDX-License-Identifier: GPL-3.0-or-later
// What the application remembers between two starts. Stored at once by QSettings. GUI thread.
#pragma once
#include "ui/theme/theme.h"

#include <QByteArray>
#include <QSettings>
#include <QString>
#include <QStringList>

namespace gradlens {

class AppSettings {
public:
    // folder: where settings and runs are kept; empty for the user's own places (XDG). Tests and captures give a
    // temporary one.
    explicit AppSettings(const QString& folder = {});

    Theme::Mode theme() const;
    void setTheme(Theme::Mode mode);
    bool reducedMotion() const;
    void setReducedMotion(bool reduced);

    // Absolute paths, latest first, at most ten; files that are gone are left out.
    QStringList recentProjects() const;
    void addRecentProject(const QString& path);
    void removeRecentProject(const QString& path);
    void clearRecentProjects();

    // Where new runs are written: one folder each.
    QString runsFolder() const;
    void setRunsFolder(const QString& folder);

    // Whether a run takes over what is changed in its project; on at first.
    bool editsWhileTraining() const;
    void setEditsWhileTraining(bool takesOver);

    // The folder file dialogs start in.
    QString lastFolder() const;
    void setLastFolder(const QString& folder);

    // Window geometry, splitters, docks: opaque states by name.
    QByteArray layout(const QString& name) const;
    void setLayout(const QString& name, const QByteArray& state);
    void clearLayout();

    void sync() { m_settings.sync(); }

private:
    QString m_folder;
    mutable QSettings m_settings;
};

}  // namespace gradlens
