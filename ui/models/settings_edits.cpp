// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/settings_edits.h"

#include "ui/models/design_commands.h"

namespace gradlens {

void changeData(DesignDocument& document, const DatasetSpec& data, const QString& stepName, const QString& mergeKey) {
    SettingsCommand::push(document, stepName, data, document.project().training, mergeKey);
}

void changeTraining(DesignDocument& document, const TrainingSpec& training, const QString& stepName,
                    const QString& mergeKey) {
    SettingsCommand::push(document, stepName, document.project().data, training, mergeKey);
}

}  // namespace gradlens
