// SPDX-License-Identifier: GPL-3.0-or-later
// The append-only list of what the user changed at which step. With a State it makes replay exact: same State, same
// Journal, same future. One JSON object a line; every line is on the disk before append() returns.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace gradlens {

struct JournalEntry {
    enum class What { Start, LearningRate, Edit, Resume };
    What what = What::Start;
    std::int64_t step = 0;     // updates done when it took effect: it governs update step + 1 and later
    double value = 0;          // LearningRate: the new one
    std::string project = {};  // Edit: the project from then on, as JSON
};

class Journal {
public:
    // The file need not exist. Throws Error when it cannot be read or made.
    explicit Journal(std::filesystem::path file);

    void append(const JournalEntry& entry);
    // What holds: entries after the step that a later Resume went back to were undone by it. A cut last line is
    // ignored.
    std::vector<JournalEntry> entries() const;

private:
    std::filesystem::path m_file;
};

}  // namespace gradlens
