// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/resources_folder.h"

#include "core/base/error.h"
#include "core/io/resources.h"
#include "ui/shell/paths.h"

namespace gradlens {

QString resourcesFolder() {
    static const QString folder = [] {
        try {
            return toQString(findResources());
        } catch (const Error& error) {
            qWarning("%s", error.what());
            return QString();
        }
    }();
    return folder;
}

QString exampleFile(const QString& name) {
    return resourcesFolder() + "/examples/" + name + ".gradlens";
}

}  // namespace gradlens
