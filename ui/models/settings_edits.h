// SPDX-License-Identifier: GPL-3.0-or-later
// Edits of a project's data and training as steps that say what they did: "Add transform Flip", "Set batch size". Steps
// with the same merge key in a row merge; without one a step stands alone. GUI thread.
#pragma once
#include "ui/models/design_document.h"

namespace gradlens {

void changeData(DesignDocument& document, const DatasetSpec& data, const QString& stepName,
                const QString& mergeKey = {});
void changeTraining(DesignDocument& document, const TrainingSpec& training, const QString& stepName,
                    const QString& mergeKey = {});

}  // namespace gradlens
