// SPDX-License-Identifier: GPL-3.0-or-later
// The "training" part of a project file. What is as by default is left out.
#pragma once
#include "core/graph/json_fields.h"
#include "core/io/project.h"

namespace gradlens {

nlohmann::ordered_json trainingToJson(const TrainingSpec& training);
// Throws Error naming the key.
TrainingSpec trainingFromJson(const JsonPlace& place);

}  // namespace gradlens
