// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/machine_memory.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <string_view>

namespace gradlens {

namespace {
using Path = std::filesystem::path;

// The number a file holds, or the number after `key` in one that has a key on each line. "max" is no number.
std::optional<std::size_t> numberIn(const Path& file, std::string_view key = {}) {
    std::ifstream stream(file);
    std::string word;
    std::size_t number = 0;
    if (!key.empty())
        while (stream >> word && word != key) continue;
    if (stream >> number) return number;
    return std::nullopt;
}

// What a control group still allows: its limit less what it uses and could not give back.
std::optional<std::size_t> leftInGroup(const Path& folder, const char* limitFile, const char* usedFile,
                                       const char* cacheKey) {
    const auto limit = numberIn(folder / limitFile);
    const auto used = numberIn(folder / usedFile);
    if (!limit || !used) return std::nullopt;
    const std::size_t cache = std::min(*used, numberIn(folder / "memory.stat", cacheKey).value_or(0));
    return *limit - std::min(*limit, *used - cache);
}

// The folders of this process's group and of those around it, under where the controller is mounted.
template <class F>
void eachGroup(const Path& root, std::string_view controller, const Path& mount, F&& f) {
    std::ifstream groups(root / "proc/self/cgroup");
    for (std::string line; std::getline(groups, line);) {
        const std::size_t first = line.find(':');
        const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
        if (second == std::string::npos || line.substr(first + 1, second - first - 1) != controller) continue;
        Path group = Path(line.substr(second + 1)).relative_path();
        for (; !group.empty(); group = group.parent_path()) f(mount / group);
        f(mount);
    }
}
}  // namespace

std::optional<std::size_t> availableMemory(const Path& root) {
    std::optional<std::size_t> least;
    const auto bounded = [&](std::optional<std::size_t> bytes) {
        if (bytes) least = std::min(*bytes, least.value_or(*bytes));
    };
    if (const auto kibibytes = numberIn(root / "proc/meminfo", "MemAvailable:")) bounded(*kibibytes * 1024);
    const Path groups = root / "sys/fs/cgroup";
    eachGroup(root, "", groups, [&](const Path& folder) {
        bounded(leftInGroup(folder, "memory.max", "memory.current", "inactive_file"));
    });
    eachGroup(root, "memory", groups / "memory", [&](const Path& folder) {
        bounded(leftInGroup(folder, "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"));
    });
    return least;
}

std::string memoryText(std::size_t bytes) {
    const auto mebibytes = static_cast<double>(bytes) / (1024.0 * 1024.0);
    char text[32];
    if (mebibytes >= 1024)
        std::snprintf(text, sizeof text, "%.1f GiB", mebibytes / 1024);
    else
        std::snprintf(text, sizeof text, "%.1f MiB", mebibytes);
    return text;
}

}  // namespace gradlens
