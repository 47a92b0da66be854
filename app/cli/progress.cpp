// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/progress.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <unistd.h>

namespace gradlens::cli {

Progress::Progress() : m_terminal(::isatty(STDERR_FILENO) != 0) {}

Progress::~Progress() {
    if (m_open) std::fputc('\n', stderr);
}

void Progress::show(double share, const std::string& text) {
    constexpr std::chrono::milliseconds kTerminal{100}, kLines{2000};
    constexpr int kWidth = 24;
    const auto now = std::chrono::steady_clock::now();
    if (share < 1 && now - m_last < (m_terminal ? kTerminal : kLines)) return;
    m_last = now;
    share = std::clamp(share, 0.0, 1.0);
    if (!m_terminal) {
        std::fprintf(stderr, "%3.0f%%  %s\n", 100 * share, text.c_str());
        return;
    }
    const int full = static_cast<int>(std::lround(share * kWidth));
    std::string bar;
    for (int i = 0; i < kWidth; ++i) bar += i < full ? "█" : "░";
    std::fprintf(stderr, "\r\033[K%s %3.0f%%  %s", bar.c_str(), 100 * share, text.c_str());
    std::fflush(stderr);
    m_open = true;
}

void Progress::say(const std::string& text) {
    std::fprintf(stderr, "%s%s\n", m_open ? "\n" : "", text.c_str());
    m_open = false;
}

std::string duration(double seconds) {
    const auto whole = static_cast<long long>(std::max(seconds, 0.0) + 0.5);
    char text[32];
    if (whole >= 3600)
        std::snprintf(text, sizeof text, "%lld:%02lld:%02lld", whole / 3600, whole / 60 % 60, whole % 60);
    else
        std::snprintf(text, sizeof text, "%lld:%02lld", whole / 60, whole % 60);
    return text;
}

std::string grouped(double value) {
    std::string digits = std::to_string(static_cast<long long>(std::llround(value)));
    for (int place = static_cast<int>(digits.size()) - 3; place > (digits[0] == '-' ? 1 : 0); place -= 3)
        digits.insert(static_cast<std::size_t>(place), ",");
    return digits;
}

}  // namespace gradlens::cli
