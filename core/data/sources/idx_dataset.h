// SPDX-License-Identifier: GPL-3.0-or-later
// Four IDX files made one dataset: what the sources "fashion-mnist" and "idx" share.
#pragma once
#include "core/data/byte_stream.h"
#include "core/data/dataset.h"

#include <filesystem>

namespace gradlens {

struct IdxFiles {
    std::filesystem::path images, labels;
};

// Reads both files and checks that they belong together. Throws Error.
DatasetPart readIdxPart(const IdxFiles& files, const Progress& progress);
// Fills in shapes, class names ("0", "1" ... beyond those given) and scaling from the parts.
void finishImages(Dataset& dataset, std::string_view normalise, double unitMaximum);

}  // namespace gradlens
