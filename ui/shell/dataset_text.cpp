// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/dataset_text.h"

#include <filesystem>

namespace gradlens {

QString datasetText(const DatasetSpec& spec) {
    const DatasetSource* source = findDatasetSource(spec.source);
    const QString label = QString::fromStdString(source ? source->label : spec.source);
    for (const char* name : {"path", "train_images"}) {
        const AttributeValue* value = spec.attributes.find(name);
        const auto* path = value ? std::get_if<std::string>(value) : nullptr;
        if (path && !path->empty())
            return label + QStringLiteral(" · ") +
                   QString::fromStdString(std::filesystem::path(*path).filename().string());
    }
    return label;
}

}  // namespace gradlens
