// SPDX-License-Identifier: GPL-3.0-or-later
// A dataset in a few words, for cards and the status line. Pure function.
#pragma once
#include "core/data/dataset_source.h"

#include <QString>

namespace gradlens {

QString datasetText(const DatasetSpec& spec);

}  // namespace gradlens
