// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/templates.h"

#include "core/graph/json_fields.h"
#include "core/io/atomic_file.h"
#include "core/io/json_text.h"

namespace gradlens {

std::vector<std::filesystem::path> templateFiles(const std::filesystem::path& resources) {
    constexpr std::uint64_t kMaxFileBytes = 1 << 20;
    const std::filesystem::path list = resources / "templates" / "templates.json";
    const nlohmann::ordered_json json = parseJson(readFile(list, kMaxFileBytes), list.string());
    const JsonPlace names = JsonPlace::root(json, list.string()).member("templates");
    std::vector<std::filesystem::path> files;
    for (std::size_t i = 0; i < names.size(); ++i)
        files.push_back((list.parent_path() / names.element(i).text()).lexically_normal());
    return files;
}

}  // namespace gradlens
