// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/svg_text.h"

#include <charconv>
#include <cmath>
#include <cstdint>

namespace gradlens {

namespace {
constexpr char32_t kBroken = 0xFFFD;

// Takes one character off the front. Broken sequences, surrogates and what is too long give kBroken, byte by byte.
char32_t takeCharacter(std::string_view& text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(0);
    const std::size_t length = lead < 0x80 ? 1 : lead >= 0xF0 && lead < 0xF8 ? 4 : lead >= 0xE0 ? 3 : 2;
    char32_t code = length == 1 ? lead : static_cast<char32_t>(lead & (0xFF >> (length + 1)));
    bool whole = lead < 0x80 || (lead >= 0xC2 && lead < 0xF5 && text.size() >= length);
    for (std::size_t i = 1; whole && i < length; ++i) {
        whole = (byte(i) & 0xC0) == 0x80;
        code = code << 6 | (byte(i) & 0x3F);
    }
    constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
    if (!whole || code < kLeast[length] || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) {
        text.remove_prefix(1);
        return kBroken;
    }
    text.remove_prefix(length);
    return code;
}

void append(std::string& text, char32_t code) {
    const auto add = [&](char32_t bits) { text += static_cast<char>(bits); };
    if (code < 0x80) return add(code);
    if (code < 0x800) {
        add(0xC0 | code >> 6);
    } else if (code < 0x10000) {
        add(0xE0 | code >> 12);
        add(0x80 | (code >> 6 & 0x3F));
    } else {
        add(0xF0 | code >> 18);
        add(0x80 | (code >> 12 & 0x3F));
        add(0x80 | (code >> 6 & 0x3F));
    }
    add(0x80 | (code & 0x3F));
}

bool isXml(char32_t code) {
    return (code >= 0x20 && code != 0x7F && code != 0xFFFE && code != 0xFFFF) || code == '\t' || code == '\n';
}

// In thousandths of the size.
int advance(char32_t code) {
    constexpr int kNarrow = 310, kSlim = 410, kUsual = 620, kCapital = 710, kBroad = 950;
    if (code > 0x2E80 && code < kBroken) return 1000;  // of the far East
    if (code >= 'A' && code <= 'Z') return code == 'I' ? kNarrow : code == 'M' || code == 'W' ? kBroad : kCapital;
    if (code == 0x2026 || code == 'm' || code == 'w' || code == '%' || code == '@') return kBroad;
    if (code < 0x80 && std::string_view("ijl.,:;'|!").find(static_cast<char>(code)) != std::string_view::npos)
        return kNarrow;
    if (code == 0xA0 ||
        (code < 0x80 && std::string_view("ftr()[]/ ").find(static_cast<char>(code)) != std::string_view::npos))
        return kSlim;
    return kUsual;
}

std::string spliced(std::string_view text, std::size_t bytes) {
    while (bytes > 0 && text[bytes - 1] == ' ') --bytes;
    return std::string(text.substr(0, bytes)) + "…";
}
}  // namespace

std::string xmlText(std::string_view text) {
    std::string escaped;
    while (!text.empty()) {
        const char32_t code = takeCharacter(text);
        switch (code) {
            case '&':
                escaped += "&amp;";
                break;
            case '<':
                escaped += "&lt;";
                break;
            case '>':
                escaped += "&gt;";
                break;
            case '"':
                escaped += "&quot;";
                break;
            case '\'':
                escaped += "&#39;";
                break;
            default:
                append(escaped, isXml(code) ? code : kBroken);
        }
    }
    return escaped;
}

std::string svgNumber(double value) {
    const double rounded = std::round(value * 100) / 100;
    char digits[40];
    return {digits, std::to_chars(digits, digits + sizeof digits, rounded == 0 ? 0.0 : rounded).ptr};
}

double textWidth(std::string_view text, double size, bool bold) {
    std::int64_t thousandths = 0;
    while (!text.empty()) thousandths += advance(takeCharacter(text));
    return static_cast<double>(thousandths) / 1000 * size * (bold ? 1.12 : 1.0);
}

std::string elided(std::string_view text, double width, double size, bool bold) {
    if (textWidth(text, size, bold) <= width) return std::string(text);
    const double room = width - textWidth("…", size, bold);
    std::string_view rest = text;
    double used = 0;
    std::size_t fits = 0;
    while (!rest.empty()) {
        std::string_view before = rest;
        takeCharacter(rest);
        used += textWidth(before.substr(0, before.size() - rest.size()), size, bold);
        if (used > room) break;
        fits = text.size() - rest.size();
    }
    return spliced(text, fits);
}

std::vector<std::string> wrapped(std::string_view text, double width, double size) {
    std::vector<std::string> lines{""};
    const auto put = [&](std::string_view word) {
        std::string& line = lines.back();
        const std::string longer = line.empty() ? std::string(word) : line + ' ' + std::string(word);
        if (line.empty() || textWidth(longer, size) <= width)
            line = longer;
        else
            lines.emplace_back(word);
    };
    while (!text.empty()) {
        const std::size_t end = text.find_first_of(" \n");
        const std::string_view word = text.substr(0, end);
        if (!word.empty()) put(elided(word, width, size));
        if (end == std::string_view::npos) break;
        if (text[end] == '\n') lines.emplace_back();
        text.remove_prefix(end + 1);
    }
    return lines;
}

}  // namespace gradlens
