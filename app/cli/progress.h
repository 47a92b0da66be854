// SPDX-License-Identifier: GPL-3.0-or-later
// Progress on stderr: a bar that redraws itself on a terminal, a line now and then otherwise.
#pragma once
#include <chrono>
#include <string>

namespace gradlens::cli {

class Progress {
public:
    Progress();
    ~Progress();  // ends the bar's line
    // share 0..1. At most ten times a second on a terminal, every two seconds otherwise, and always at the end.
    void show(double share, const std::string& text);
    // A line of its own.
    void say(const std::string& text);

private:
    bool m_terminal;
    bool m_open = false;
    std::chrono::steady_clock::time_point m_last{};
};

// "12:03", "1:02:45"
std::string duration(double seconds);
// "12,345"
std::string grouped(double value);

}  // namespace gradlens::cli
