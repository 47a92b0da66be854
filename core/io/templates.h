// SPDX-License-Identifier: GPL-3.0-or-later
// The networks to begin from: well-known ones, each a whole project that trains as it is. Any thread.
#pragma once
#include <filesystem>
#include <vector>

namespace gradlens {

// Their project files, in the order they are offered: what templates/templates.json of the resources lists; an example
// that is a template too is named there and not copied. Throws Error.
std::vector<std::filesystem::path> templateFiles(const std::filesystem::path& resources);

}  // namespace gradlens
