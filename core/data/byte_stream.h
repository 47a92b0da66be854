// SPDX-License-Identifier: GPL-3.0-or-later
// The bytes of a file, plain or gzip (told apart by the file's first bytes, not by its name), front to back. Single
// owner.
#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>

namespace gradlens {

// Tells how far a part of some work is, and hears whether to go on. A value: cheap to copy and to cut into parts.
struct Progress {
    const std::function<bool(double)>* listener = nullptr;  // outlives this
    double from = 0, to = 1;

    // fraction 0..1 of this part. Throws Error "cancelled" when the listener says so.
    void report(double fraction) const;
    Progress part(double partFrom, double partTo) const;
};

class ByteStream {
public:
    // Throws Error: not there, a folder, not readable.
    explicit ByteStream(const std::filesystem::path& file);
    ~ByteStream();
    ByteStream(const ByteStream&) = delete;
    ByteStream& operator=(const ByteStream&) = delete;

    // Fills `target`, or as much of it as there is left; 0 at the end. Throws Error for a damaged or cut gzip file and
    // for failures to read.
    std::size_t read(std::span<std::byte> target);

    const std::string& name() const { return m_name; }  // the path, for messages
    bool compressed() const { return m_compressed; }
    std::uint64_t fileBytes() const { return m_fileBytes; }  // as stored
    double fractionRead() const;

private:
    struct Close {
        void operator()(void* file) const;
    };
    std::string m_name;
    std::uint64_t m_fileBytes = 0;
    bool m_compressed = false;
    std::unique_ptr<void, Close> m_file;  // gzFile
};

}  // namespace gradlens
