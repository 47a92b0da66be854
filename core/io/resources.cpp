// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/resources.h"

#include "core/base/error.h"

#include <cstdlib>

namespace gradlens {

namespace {
bool holdsResources(const std::filesystem::path& folder) {
    std::error_code ignored;
    return std::filesystem::is_directory(folder / "examples", ignored) &&
           std::filesystem::is_directory(folder / "datasets", ignored);
}
}  // namespace

std::filesystem::path findResources() {
    if (const char* chosen = std::getenv("GRADLENS_RESOURCES"); chosen != nullptr && *chosen != '\0') return chosen;
    std::error_code code;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", code);
    for (auto folder = program.parent_path(); !code && folder.has_relative_path(); folder = folder.parent_path()) {
        for (const auto& candidate : {folder / "share" / "gradlens" / "resources", folder / "resources"})
            if (holdsResources(candidate)) return candidate;
    }
    if (holdsResources(GRADLENS_RESOURCES_DIR)) return GRADLENS_RESOURCES_DIR;
    throw Error("the shipped files (examples, datasets, help) were not found", program.string(),
                "Set GRADLENS_RESOURCES to the folder that holds them.");
}

}  // namespace gradlens
