// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/progress_line.h"

#include <algorithm>
#include <cstdio>
#include <unistd.h>

namespace gradlens {
namespace {

constexpr int kBarWidth = 30;
constexpr auto kRedraw = std::chrono::milliseconds(100);

}  // namespace

ProgressLine::ProgressLine() : m_terminal(isatty(STDERR_FILENO) == 1) {}

void ProgressLine::show(std::int64_t done, std::int64_t total, const std::string& note) {
    if (total <= 0) return;
    const int tenth = static_cast<int>(done * 10 / total);
    if (!m_terminal) {
        if (tenth == m_tenth) return;
        m_tenth = tenth;
        std::fprintf(stderr, "step %lld of %lld, %s\n", static_cast<long long>(done), static_cast<long long>(total),
                     note.c_str());
        return;
    }
    const auto now = std::chrono::steady_clock::now();
    if (m_open && done < total && now - m_last < kRedraw) return;
    m_last = now;
    m_open = true;
    const int filled = static_cast<int>(std::clamp<std::int64_t>(done * kBarWidth / total, 0, kBarWidth));
    std::string bar;
    for (int i = 0; i < kBarWidth; ++i) bar += i < filled ? "█" : "░";
    std::fprintf(stderr, "\r\033[K%s %lld/%lld  %s", bar.c_str(), static_cast<long long>(done),
                 static_cast<long long>(total), note.c_str());
    std::fflush(stderr);
}

void ProgressLine::done() {
    if (m_open) std::fputc('\n', stderr);
    m_open = false;
}

}  // namespace gradlens
