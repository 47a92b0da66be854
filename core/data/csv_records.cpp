// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/csv_records.h"

#include "core/base/error.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <span>

namespace gradlens {

namespace {
constexpr std::size_t kChunk = std::size_t{1} << 20;
constexpr std::size_t kMaxRecord = std::size_t{64} << 20;
constexpr std::string_view kDelimiters = ",;\t| ";  // in order of preference

bool isBlank(char c) {
    return c == ' ' || c == '\t';
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && isBlank(text.front())) text.remove_prefix(1);
    while (!text.empty() && isBlank(text.back())) text.remove_suffix(1);
    return text;
}
}  // namespace

CsvRecords::CsvRecords(const std::filesystem::path& file, char delimiter) : m_stream(file), m_delimiter(delimiter) {}

bool CsvRecords::next(std::string_view& record) {
    while (true) {
        m_recordRow = m_row + 1;
        m_quoted = m_justClosed = false;
        m_fieldStart = true;
        std::size_t end = 0;
        if (!findEnd(end)) return false;
        record = std::string_view(m_buffer).substr(m_begin, end - m_begin);
        m_begin = m_searched = std::min(end + 1, m_end);
        if (record.ends_with('\r')) record.remove_suffix(1);
        if (!std::ranges::all_of(record, isBlank)) return true;
    }
}

// Finds the end of the record that begins at m_begin, reading on as needed.
bool CsvRecords::findEnd(std::size_t& end) {
    std::size_t quotesFollowed = m_begin;
    while (true) {
        const void* found =
            m_searched < m_end ? std::memchr(m_buffer.data() + m_searched, '\n', m_end - m_searched) : nullptr;
        if (found == nullptr) {
            m_searched = m_end;
            if (m_end - m_begin > kMaxRecord) {
                throw Error("row " + std::to_string(m_recordRow) + " is longer than 64 MiB", m_stream.name(),
                            "Check that the file is a table and that no quote is left open.");
            }
            const std::size_t followed = quotesFollowed - m_begin;
            if (fill()) {
                quotesFollowed = m_begin + followed;
                continue;
            }
            if (m_begin == m_end) return false;
            followQuotes(std::string_view(m_buffer).substr(quotesFollowed, m_end - quotesFollowed));
            if (m_quoted) {
                throw Error("row " + std::to_string(m_recordRow) + ": a quote is opened and never closed",
                            m_stream.name(), "Close the quote, or double it where it is part of the text.");
            }
            ++m_row;
            end = m_end;
            return true;
        }
        end = static_cast<std::size_t>(static_cast<const char*>(found) - m_buffer.data());
        followQuotes(std::string_view(m_buffer).substr(quotesFollowed, end - quotesFollowed));
        ++m_row;
        if (!m_quoted) return true;
        quotesFollowed = m_searched = end + 1;
    }
}

bool CsvRecords::fill() {
    if (m_atEnd) return false;
    const bool first = m_row == 0 && m_end == 0;
    m_buffer.erase(0, m_begin);
    m_end -= m_begin;
    m_searched -= m_begin;
    m_begin = 0;
    // Doubling keeps the copying of one endless row linear.
    const std::size_t wanted = std::max(kChunk, m_end);
    m_buffer.resize(m_end + wanted);
    const std::size_t got = m_stream.read(std::as_writable_bytes(std::span(m_buffer)).subspan(m_end, wanted));
    if (std::memchr(m_buffer.data() + m_end, '\0', got) != nullptr) {
        throw Error("is not a table of text: it holds zero bytes", m_stream.name(),
                    "Choose a CSV file in UTF-8 (a spreadsheet can export one).");
    }
    m_end += got;
    m_atEnd = got < wanted;
    m_buffer.resize(m_end);
    if (first && m_buffer.starts_with("\xEF\xBB\xBF")) m_begin = m_searched = 3;
    return got > 0;
}

// A quote opens at the start of a field only; within quotes a doubled one stands for itself.
void CsvRecords::followQuotes(std::string_view text) {
    if (!m_quoted && text.find('"') == std::string_view::npos) return;
    const auto delimits = [&](char c) {
        return m_delimiter != '\0' ? c == m_delimiter : kDelimiters.find(c) != std::string_view::npos;
    };
    for (const char c : text) {
        if (m_quoted) {
            m_quoted = c != '"';
            m_justClosed = !m_quoted;
        } else if (c == '"' && (m_fieldStart || m_justClosed)) {
            m_quoted = true;
            m_justClosed = false;
        } else {
            m_justClosed = false;
            m_fieldStart = delimits(c) || (m_fieldStart && isBlank(c));
            continue;
        }
        m_fieldStart = false;
    }
}

char detectDelimiter(std::string_view record) {
    std::array<std::size_t, kDelimiters.size()> counts{};
    bool quoted = false;
    for (const char c : trimmed(record)) {
        if (c == '"') quoted = !quoted;
        if (const std::size_t which = kDelimiters.find(c); !quoted && which != std::string_view::npos) ++counts[which];
    }
    const auto separators = std::span(counts).first(kDelimiters.size() - 1);
    const auto best = std::ranges::max_element(separators);
    if (*best > 0) return kDelimiters[static_cast<std::size_t>(best - separators.begin())];
    return counts.back() > 0 ? ' ' : ',';
}

bool splitRecord(std::string_view record, char delimiter, std::vector<std::string_view>& fields,
                 std::deque<std::string>& unquoted) {
    fields.clear();
    unquoted.clear();
    std::size_t position = 0;
    while (true) {
        while (position < record.size() && isBlank(record[position]) &&
               record[position] != (delimiter == ' ' ? '\0' : delimiter))
            ++position;
        if (delimiter == ' ' && position >= record.size() && !fields.empty()) return true;  // blanks at the end
        if (position < record.size() && record[position] == '"') {
            std::string& text = unquoted.emplace_back();
            for (++position; position < record.size(); ++position) {
                if (record[position] == '"') {
                    if (position + 1 >= record.size() || record[position + 1] != '"') break;
                    ++position;
                }
                text += record[position];
            }
            const std::size_t end =
                std::min(record.find(delimiter, std::min(position + 1, record.size())), record.size());
            if (position + 1 < end) text += trimmed(record.substr(position + 1, end - position - 1));
            fields.push_back(text);
            position = end;
        } else {
            const std::size_t end = std::min(record.find(delimiter, position), record.size());
            fields.push_back(trimmed(record.substr(position, end - position)));
            position = end;
        }
        if (position >= record.size()) return true;
        if (fields.size() >= kMaxColumns) return false;
        ++position;
    }
}

}  // namespace gradlens
