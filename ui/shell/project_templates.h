// SPDX-License-Identifier: GPL-3.0-or-later
// The templates as the window offers them: the start page as cards, the File menu and the command palette by name.
// GUI thread.
#pragma once
#include "core/io/project.h"

#include <QList>
#include <QString>

namespace gradlens {

struct ProjectTemplate {
    QString name;  // "lenet-5": the file's stem
    QString path;
    Project project;
};

// Read once. One that cannot be read is left out, after a warning.
const QList<ProjectTemplate>& projectTemplates(const OpCatalogue& catalogue);

}  // namespace gradlens
