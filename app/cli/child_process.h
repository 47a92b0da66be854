// SPDX-License-Identifier: GPL-3.0-or-later
// Work in a child process, and how much memory a process has taken. The caller must not have started threads.
#pragma once
#include <nlohmann/json.hpp>

#include <functional>

namespace gradlens::cli {

// Forks, runs `work` there and gives what it returned. Throws Error with what the child threw, or said to have died of.
nlohmann::ordered_json inChildProcess(const std::function<nlohmann::ordered_json()>& work);

// The largest resident set this process has had since it began (a forked one: since the fork), in bytes.
double peakMemoryBytes();

}  // namespace gradlens::cli
