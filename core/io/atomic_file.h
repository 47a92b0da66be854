// SPDX-License-Identifier: GPL-3.0-or-later
// Files written whole or not at all, and files read under a limit. Faults of the system (no folder, no permission, disk
// full) are Errors that name the file, the cause in words and what to do.
#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace gradlens {

// A file that appears under its name only when it is complete: written to a temporary file beside it (".NAME.part"),
// flushed to the disk, then renamed. Until commit() returns, and after any Error, an existing file is as it was. A
// temporary left by a killed process is taken over by the next writer of that name. Two writers of one name at once:
// the second gets an Error. A link is followed; the permissions of an existing file are kept. One owner, any thread.
class AtomicFile {
public:
    // Creates the temporary file. Throws Error.
    explicit AtomicFile(std::filesystem::path target);
    // Without a commit(): removes the temporary file.
    ~AtomicFile();
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;

    // Appends. Throws Error.
    void write(std::span<const std::byte> bytes);
    void write(std::string_view text) { write(std::as_bytes(std::span(text.data(), text.size()))); }
    // Bytes written so far.
    std::uint64_t size() const { return m_size; }
    // Makes the file durable under its name. Once, and nothing after it. Throws Error.
    void commit();

private:
    void openTemporary();
    [[noreturn]] void fail(int code);

    std::filesystem::path m_shownPath;  // as the caller named it, for messages
    std::filesystem::path m_target;     // links followed
    std::filesystem::path m_temporary;
    int m_descriptor = -1;
    std::uint64_t m_size = 0;
};

// The whole in one call. Throws Error.
void writeFileAtomically(const std::filesystem::path& file, std::string_view contents);

// The contents of a regular file of at most maxBytes. Throws Error: not there, a folder, no permission, too large.
std::string readFile(const std::filesystem::path& file, std::uint64_t maxBytes);

// A fault of the system (an errno value) while `doing` ("written", "read") a file, as an Error with cause and remedy.
[[noreturn]] void throwFileError(const std::filesystem::path& file, std::string_view doing, int code);

// "512 bytes", "3.2 MB" (powers of 1000).
std::string byteCount(std::uint64_t bytes);

}  // namespace gradlens
