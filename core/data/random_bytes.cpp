// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/random_bytes.h"

#include "core/base/error.h"

#include <sys/stat.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace gradlens {

namespace {
class FileBytes final : public RandomBytes {
public:
    explicit FileBytes(const std::filesystem::path& file)
        : m_name(file.string()), m_descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
        if (m_descriptor < 0)
            throw Error(std::string("cannot be opened: ") + std::strerror(errno), m_name,
                        "Check the path and the file's permissions.");
        struct stat status{};
        if (::fstat(m_descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
            ::close(m_descriptor);
            throw Error("is not an ordinary file", m_name, "Choose another file.");
        }
        m_size = status.st_size;
    }
    ~FileBytes() override { ::close(m_descriptor); }
    FileBytes(const FileBytes&) = delete;
    FileBytes& operator=(const FileBytes&) = delete;

    std::int64_t size() const override { return m_size; }
    const std::string& name() const override { return m_name; }
    void read(std::int64_t offset, std::span<std::byte> target, const std::string& what) const override {
        std::size_t done = 0;
        while (done < target.size()) {
            const ssize_t got = ::pread(m_descriptor, target.data() + done, target.size() - done,
                                        offset + static_cast<std::int64_t>(done));
            if (got < 0 && errno == EINTR) continue;
            if (got < 0)
                throw Error(what + " cannot be read: " + std::strerror(errno), m_name,
                            "Check the disk and the file's permissions.");
            if (got == 0)
                throw Error("the file ends before " + what + " does", m_name,
                            "It was cut short: copy or download it again.");
            done += static_cast<std::size_t>(got);
        }
    }

private:
    std::string m_name;
    int m_descriptor;
    std::int64_t m_size = 0;
};

class PartBytes final : public RandomBytes {
public:
    PartBytes(std::shared_ptr<const RandomBytes> whole, std::int64_t offset, std::int64_t size, std::string name)
        : m_whole(std::move(whole)), m_offset(offset), m_size(size), m_name(std::move(name)) {
        assert(m_offset >= 0 && m_size >= 0 && m_offset + m_size <= m_whole->size());
    }
    std::int64_t size() const override { return m_size; }
    const std::string& name() const override { return m_name; }
    void read(std::int64_t offset, std::span<std::byte> target, const std::string& what) const override {
        if (offset < 0 || offset > m_size || static_cast<std::int64_t>(target.size()) > m_size - offset)
            throw Error("ends before " + what + " does", m_name, "It was cut short: copy or download it again.");
        m_whole->read(m_offset + offset, target, what);
    }

private:
    std::shared_ptr<const RandomBytes> m_whole;
    std::int64_t m_offset, m_size;
    std::string m_name;
};

class MemoryBytes final : public RandomBytes {
public:
    MemoryBytes(std::vector<std::byte> bytes, std::string name) : m_bytes(std::move(bytes)), m_name(std::move(name)) {}
    std::int64_t size() const override { return static_cast<std::int64_t>(m_bytes.size()); }
    const std::string& name() const override { return m_name; }
    void read(std::int64_t offset, std::span<std::byte> target, const std::string& what) const override {
        if (offset < 0 || offset > size() || static_cast<std::int64_t>(target.size()) > size() - offset)
            throw Error("ends before " + what + " does", m_name, "It was cut short: copy or download it again.");
        std::copy_n(m_bytes.begin() + offset, target.size(), target.begin());
    }

private:
    std::vector<std::byte> m_bytes;
    std::string m_name;
};
}  // namespace

std::shared_ptr<const RandomBytes> openBytes(const std::filesystem::path& file) {
    return std::make_shared<FileBytes>(file);
}

std::shared_ptr<const RandomBytes> partOf(std::shared_ptr<const RandomBytes> whole, std::int64_t offset,
                                          std::int64_t size, std::string name) {
    return std::make_shared<PartBytes>(std::move(whole), offset, size, std::move(name));
}

std::shared_ptr<const RandomBytes> bytesInMemory(std::vector<std::byte> bytes, std::string name) {
    return std::make_shared<MemoryBytes>(std::move(bytes), std::move(name));
}

}  // namespace gradlens
