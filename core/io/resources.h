// SPDX-License-Identifier: GPL-3.0-or-later
// Where the shipped files are: example projects, datasets, help pages.
#pragma once
#include <filesystem>

namespace gradlens {

// $GRADLENS_RESOURCES if set; else share/gradlens/resources or resources in a folder above the program; else the source
// tree it was built from. Throws Error when there is none.
std::filesystem::path findResources();

}  // namespace gradlens
