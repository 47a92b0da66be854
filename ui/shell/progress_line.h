// SPDX-License-Identifier: GPL-3.0-or-later
// Progress on stderr: a bar that is redrawn on a terminal, a line every tenth otherwise. One owner.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>

namespace gradlens {

class ProgressLine {
public:
    ProgressLine();
    void show(std::int64_t done, std::int64_t total, const std::string& note);
    void done();  // ends the line

private:
    bool m_terminal;
    bool m_open = false;
    int m_tenth = -1;
    std::chrono::steady_clock::time_point m_last;
};

}  // namespace gradlens
