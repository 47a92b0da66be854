// SPDX-License-Identifier: GPL-3.0-or-later
// How much memory a process may still take on this machine. Any thread; reads a few small files of the system.
#pragma once
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

namespace gradlens {

// Bytes that are free or can be freed at once (page cache), within the limits of the control group; nothing where the
// system does not tell. `root` stands for "/", for tests.
std::optional<std::size_t> availableMemory(const std::filesystem::path& root = "/");

// "38.2 GiB", "512.0 MiB"
std::string memoryText(std::size_t bytes);

}  // namespace gradlens
