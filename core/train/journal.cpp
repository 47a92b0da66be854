// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/journal.h"

#include "core/base/error.h"
#include "core/io/atomic_file.h"

#include <nlohmann/json.hpp>

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <sstream>
#include <unistd.h>

namespace gradlens {

namespace {
constexpr std::uint64_t kLargestJournal = std::uint64_t{256} << 20;

const char* nameOf(JournalEntry::What what) {
    switch (what) {
        case JournalEntry::What::Start:
            return "start";
        case JournalEntry::What::LearningRate:
            return "learning_rate";
        case JournalEntry::What::Edit:
            return "edit";
        case JournalEntry::What::Resume:
            return "resume";
    }
    return "";
}

bool parse(const std::string& line, JournalEntry& entry) {
    const auto json = nlohmann::ordered_json::parse(line, nullptr, false);
    if (!json.is_object() || !json.contains("what") || !json["what"].is_string() || !json.contains("step") ||
        !json["step"].is_number_integer())
        return false;
    entry.step = json["step"].get<std::int64_t>();
    const std::string what = json["what"].get<std::string>();
    for (const auto kind : {JournalEntry::What::Start, JournalEntry::What::LearningRate, JournalEntry::What::Edit,
                            JournalEntry::What::Resume}) {
        if (what != nameOf(kind)) continue;
        entry.what = kind;
        if (kind == JournalEntry::What::LearningRate) {
            if (!json.contains("value") || !json["value"].is_number()) return false;
            entry.value = json["value"].get<double>();
        }
        if (kind == JournalEntry::What::Edit) {
            if (!json.contains("project") || !json["project"].is_object()) return false;
            entry.project = json["project"].dump();
        }
        return true;
    }
    return false;
}
}  // namespace

Journal::Journal(std::filesystem::path file) : m_file(std::move(file)) {}

void Journal::append(const JournalEntry& entry) {
    nlohmann::ordered_json json{{"step", entry.step}, {"what", nameOf(entry.what)}};
    if (entry.what == JournalEntry::What::LearningRate) json["value"] = entry.value;
    if (entry.what == JournalEntry::What::Edit) json["project"] = nlohmann::ordered_json::parse(entry.project);
    std::string line = json.dump() + "\n";
    const int descriptor = ::open(m_file.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor < 0) throwFileError(m_file, "written", errno);
    // A line that a crash cut off must not swallow this one.
    char last = '\n';
    if (const off_t size = ::lseek(descriptor, 0, SEEK_END);
        size > 0 && ::pread(descriptor, &last, 1, size - 1) == 1 && last != '\n')
        line.insert(0, "\n");
    const bool written = ::write(descriptor, line.data(), line.size()) == static_cast<ssize_t>(line.size()) &&
                         ::fdatasync(descriptor) == 0;
    const int code = errno;
    ::close(descriptor);
    if (!written) throwFileError(m_file, "written", code);
}

std::vector<JournalEntry> Journal::entries() const {
    std::vector<JournalEntry> result;
    if (!std::filesystem::exists(m_file)) return result;
    std::istringstream lines(readFile(m_file, kLargestJournal));
    for (std::string line; std::getline(lines, line);) {
        JournalEntry entry;
        if (!parse(line, entry)) continue;  // cut off by a crash
        if (entry.what == JournalEntry::What::Resume)
            std::erase_if(result, [&](const JournalEntry& earlier) { return earlier.step > entry.step; });
        result.push_back(entry);
    }
    return result;
}

}  // namespace gradlens
