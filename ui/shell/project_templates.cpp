// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/project_templates.h"

#include "core/base/error.h"
#include "core/io/templates.h"
#include "ui/shell/paths.h"
#include "ui/shell/resources_folder.h"

namespace gradlens {
namespace {

QList<ProjectTemplate> read(const OpCatalogue& catalogue) {
    QList<ProjectTemplate> templates;
    try {
        for (const std::filesystem::path& file : templateFiles(toPath(resourcesFolder()))) {
            try {
                templates.append({toQString(file.stem()), toQString(file), loadProject(file, catalogue)});
            } catch (const Error& error) {
                qWarning("template left out: %s", error.what());
            }
        }
    } catch (const Error& error) {
        qWarning("no templates: %s", error.what());
    }
    return templates;
}

}  // namespace

const QList<ProjectTemplate>& projectTemplates(const OpCatalogue& catalogue) {
    static const QList<ProjectTemplate> templates = read(catalogue);
    return templates;
}

}  // namespace gradlens
