// SPDX-License-Identifier: GPL-3.0-or-later
// The text side of CSV: a stream cut into records, a record cut into fields. Single owner.
#pragma once
#include "core/data/byte_stream.h"

#include <deque>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace gradlens {

class CsvRecords {
public:
    // delimiter 0: not known yet, see setDelimiter().
    CsvRecords(const std::filesystem::path& file, char delimiter);

    // The next record that is not blank, without its line end; a quoted field may hold line ends. False at the end.
    // Throws Error: not text, a quote that is never closed, a row beyond 64 MiB.
    bool next(std::string_view& record);
    std::int64_t row() const { return m_recordRow; }  // the line where the record began, from 1
    void setDelimiter(char delimiter) { m_delimiter = delimiter; }
    const ByteStream& stream() const { return m_stream; }

private:
    bool findEnd(std::size_t& end);
    bool fill();
    void followQuotes(std::string_view text);

    ByteStream m_stream;
    char m_delimiter;
    std::string m_buffer;
    std::size_t m_begin = 0, m_searched = 0, m_end = 0;  // of what is left in the buffer
    bool m_atEnd = false;
    std::int64_t m_row = 0, m_recordRow = 0;  // lines consumed; where the record began
    bool m_quoted = false, m_justClosed = false, m_fieldStart = true;
};

// The delimiter a row most likely uses: the most frequent outside quotes, and blank only when there is no other. ','
// when there is none at all.
char detectDelimiter(std::string_view record);

inline constexpr std::size_t kMaxColumns = 1000000;

// Cuts a record into fields, trimmed and unquoted. The views point into the record or into `unquoted`. False: more than
// kMaxColumns.
bool splitRecord(std::string_view record, char delimiter, std::vector<std::string_view>& fields,
                 std::deque<std::string>& unquoted);

}  // namespace gradlens
