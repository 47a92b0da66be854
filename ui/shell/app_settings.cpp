// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/app_settings.h"

#include <QDir>
#include <QFileInfo>
#include <QStandardPaths>

namespace gradlens {
namespace {

constexpr int kMostRecent = 10;

QString settingsFile(const QString& folder) {
    const QString base = folder.isEmpty()
                             ? QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation) + "/gradlens"
                             : folder;
    return base + "/gradlens.ini";
}

}  // namespace

AppSettings::AppSettings(const QString& folder)
    : m_folder(folder), m_settings(settingsFile(folder), QSettings::IniFormat) {}

Theme::Mode AppSettings::theme() const {
    const QString name = m_settings.value("theme", "dark").toString();
    return name == "light" ? Theme::Mode::Light : name == "system" ? Theme::Mode::System : Theme::Mode::Dark;
}

void AppSettings::setTheme(Theme::Mode mode) {
    m_settings.setValue("theme", mode == Theme::Mode::Light    ? "light"
                                 : mode == Theme::Mode::System ? "system"
                                                               : "dark");
}

bool AppSettings::reducedMotion() const {
    return m_settings.value("reducedMotion", false).toBool();
}

void AppSettings::setReducedMotion(bool reduced) {
    m_settings.setValue("reducedMotion", reduced);
}

QStringList AppSettings::recentProjects() const {
    QStringList present;
    for (const QString& path : m_settings.value("recent").toStringList())
        if (QFileInfo::exists(path)) present.append(path);
    return present;
}

void AppSettings::addRecentProject(const QString& path) {
    QStringList paths = m_settings.value("recent").toStringList();
    paths.removeAll(path);
    paths.prepend(path);
    m_settings.setValue("recent", QStringList(paths.mid(0, kMostRecent)));
}

void AppSettings::removeRecentProject(const QString& path) {
    QStringList paths = m_settings.value("recent").toStringList();
    paths.removeAll(path);
    m_settings.setValue("recent", paths);
}

void AppSettings::clearRecentProjects() {
    m_settings.remove("recent");
}

QString AppSettings::runsFolder() const {
    const QString base = m_folder.isEmpty()
                             ? QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) + "/gradlens"
                             : m_folder;
    return m_settings.value("runs", base + "/runs").toString();
}

void AppSettings::setRunsFolder(const QString& folder) {
    m_settings.setValue("runs", QDir(folder).absolutePath());
}

bool AppSettings::editsWhileTraining() const {
    return m_settings.value("editsWhileTraining", true).toBool();
}

void AppSettings::setEditsWhileTraining(bool takesOver) {
    m_settings.setValue("editsWhileTraining", takesOver);
}

QString AppSettings::lastFolder() const {
    return m_settings.value("lastFolder", QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation))
        .toString();
}

void AppSettings::setLastFolder(const QString& folder) {
    m_settings.setValue("lastFolder", folder);
}

QByteArray AppSettings::layout(const QString& name) const {
    return m_settings.value("layout/" + name).toByteArray();
}

void AppSettings::setLayout(const QString& name, const QByteArray& state) {
    m_settings.setValue("layout/" + name, state);
}

void AppSettings::clearLayout() {
    m_settings.remove("layout");
}

}  // namespace gradlens
