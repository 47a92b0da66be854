// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/atomic_file.h"

#include "core/base/error.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <array>
#include <cassert>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace gradlens {

namespace {
namespace fs = std::filesystem;

struct FileFault {
    std::string cause, hint;
};

FileFault faultOf(int code) {
    switch (code) {
        case ENOSPC:
            return {"the disk is full", "Free some space or choose another folder"};
        case EDQUOT:
            return {"the disk quota is used up", "Free some space or choose another folder"};
        case EFBIG:
            return {"the file would be larger than is allowed here",
                    "Choose another folder or raise the limit (ulimit -f)"};
        case EACCES:
        case EPERM:
            return {"there is no permission", "Check the permissions or choose another folder"};
        case EROFS:
            return {"the file system is read-only", "Choose another folder"};
        case ENOENT:
            return {"there is no such file or folder", "Check the path"};
        case ENOTDIR:
            return {"a part of the path is a file, not a folder", "Check the path"};
        case EISDIR:
            return {"it is a folder", "Give the name of a file"};
        case ENAMETOOLONG:
            return {"the name is too long", "Choose a shorter name"};
        case ELOOP:
            return {"the links in the path lead in a circle", "Check the path"};
        case EWOULDBLOCK:
            return {"another program is writing it at this moment", "Try again when it has finished"};
        case EMFILE:
        case ENFILE:
            return {"too many files are open", "Close other programs and try again"};
        case EIO:
            return {"the disk reports an error", "Check the disk and choose another folder"};
        default:
            return {std::generic_category().message(code), {}};
    }
}

// The file behind a chain of links, so that saving keeps the link. What does not exist is its own target.
fs::path linksFollowed(fs::path path) {
    constexpr int kMaxLinks = 40;  // as the kernel
    std::error_code code;
    for (int i = 0; i < kMaxLinks && fs::is_symlink(path, code); ++i) {
        const fs::path next = fs::read_symlink(path, code);
        if (code) break;
        path = next.is_absolute() ? next : path.parent_path() / next;
    }
    return path;  // still a link when they lead in a circle: writing then fails with ELOOP
}

fs::path folderOf(const fs::path& file) {
    return file.has_parent_path() ? file.parent_path() : fs::path(".");
}

int closedAfter(int descriptor, int result) {
    const int code = result == 0 ? 0 : errno;
    ::close(descriptor);
    return code;
}

// The rename itself must survive a power cut. File systems that cannot flush a folder say EINVAL: nothing more to do.
int flushFolder(const fs::path& folder) {
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return errno == EACCES ? 0 : errno;
    const int code = closedAfter(descriptor, ::fsync(descriptor));
    return code == EINVAL || code == ENOTSUP ? 0 : code;
}
}  // namespace

void throwFileError(const fs::path& file, std::string_view doing, int code) {
    const FileFault fault = faultOf(code);
    throw Error("cannot be " + std::string(doing) + ": " + fault.cause, file.string(), fault.hint);
}

AtomicFile::AtomicFile(fs::path target) : m_shownPath(std::move(target)), m_target(linksFollowed(m_shownPath)) {
    if (!m_target.has_filename()) throwFileError(m_shownPath, "written", EISDIR);
    m_temporary = folderOf(m_target) / ("." + m_target.filename().string() + ".part");

    std::error_code code;
    if (!fs::is_directory(folderOf(m_target), code)) {
        if (code && code != std::errc::no_such_file_or_directory) throwFileError(m_shownPath, "written", code.value());
        throw Error("cannot be written: there is no folder " + folderOf(m_target).string(), m_shownPath.string(),
                    "Create the folder or choose another one");
    }
    struct stat existing{};
    const bool exists = ::stat(m_target.c_str(), &existing) == 0;
    if (!exists && errno != ENOENT) throwFileError(m_shownPath, "written", errno);
    if (exists && S_ISDIR(existing.st_mode)) throwFileError(m_shownPath, "written", EISDIR);
    // A rename would replace a write-protected file without a word.
    if (exists && ::faccessat(AT_FDCWD, m_target.c_str(), W_OK, AT_EACCESS) != 0) {
        if (errno == EROFS) throwFileError(m_shownPath, "written", EROFS);
        throw Error("cannot be written: the file is write-protected", m_shownPath.string(),
                    "Make it writable or save under another name");
    }
    openTemporary();
    if (exists && ::fchmod(m_descriptor, existing.st_mode & 07777) != 0) fail(errno);
}

// The lock keeps two writers apart; it goes with the process, so a killed one leaves none. Between open and lock
// another writer may have renamed or removed the file we opened: then we hold a stranger and start over.
void AtomicFile::openTemporary() {
    constexpr int kAttempts = 16;
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        m_descriptor = ::open(m_temporary.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
        if (m_descriptor < 0) throwFileError(m_shownPath, "written", errno);
        if (::flock(m_descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
            ::close(std::exchange(m_descriptor, -1));
            throwFileError(m_shownPath, "written", EWOULDBLOCK);
        }
        struct stat ours{}, named{};
        if (::fstat(m_descriptor, &ours) == 0 && ::stat(m_temporary.c_str(), &named) == 0 &&
            ours.st_ino == named.st_ino && ours.st_dev == named.st_dev) {
            if (::ftruncate(m_descriptor, 0) != 0) fail(errno);
            return;
        }
        ::close(std::exchange(m_descriptor, -1));
    }
    throwFileError(m_shownPath, "written", EWOULDBLOCK);
}

AtomicFile::~AtomicFile() {
    if (m_descriptor < 0) return;
    ::unlink(m_temporary.c_str());  // before the lock goes
    ::close(m_descriptor);
}

void AtomicFile::fail(int code) {
    ::unlink(m_temporary.c_str());
    ::close(std::exchange(m_descriptor, -1));
    throwFileError(m_shownPath, "written", code);
}

void AtomicFile::write(std::span<const std::byte> bytes) {
    assert(m_descriptor >= 0);
    while (!bytes.empty()) {
        const ssize_t written = ::write(m_descriptor, bytes.data(), bytes.size());
        if (written < 0) {
            if (errno == EINTR) continue;
            fail(errno);
        }
        bytes = bytes.subspan(static_cast<std::size_t>(written));
        m_size += static_cast<std::uint64_t>(written);
    }
}

void AtomicFile::commit() {
    assert(m_descriptor >= 0);
    if (::fsync(m_descriptor) != 0) fail(errno);
    if (::rename(m_temporary.c_str(), m_target.c_str()) != 0) fail(errno);
    // Some network file systems report a full disk only now, but fsync has asked already.
    ::close(std::exchange(m_descriptor, -1));
    if (const int code = flushFolder(folderOf(m_target)); code != 0) throwFileError(m_shownPath, "written", code);
}

void writeFileAtomically(const fs::path& file, std::string_view contents) {
    AtomicFile out(file);
    out.write(contents);
    out.commit();
}

std::string readFile(const fs::path& file, std::uint64_t maxBytes) {
    // Without O_NONBLOCK a named pipe would hold us for ever before we can see that it is one.
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) throwFileError(file, "read", errno);
    struct Closer {
        int descriptor;
        ~Closer() { ::close(descriptor); }
    } closer{descriptor};

    struct stat status{};
    if (::fstat(descriptor, &status) != 0) throwFileError(file, "read", errno);
    if (S_ISDIR(status.st_mode)) throwFileError(file, "read", EISDIR);
    if (!S_ISREG(status.st_mode))
        throw Error("cannot be read: it is not a regular file", file.string(), "Give the name of a file");
    const auto tooLarge = [&](std::uint64_t bytes) {
        throw Error("is too large: " + byteCount(bytes) + ", and at most " + byteCount(maxBytes) + " are read",
                    file.string(), "Check that this is the file you meant");
    };
    const auto size = static_cast<std::uint64_t>(status.st_size);
    if (size > maxBytes) tooLarge(size);

    // One byte of room tells the end of the file from a full buffer; more is made when the file grows while we read.
    std::string contents(size + 1, '\0');
    std::size_t filled = 0;
    for (;;) {
        if (filled == contents.size()) contents.resize(contents.size() * 2);
        const ssize_t got = ::read(descriptor, contents.data() + filled, contents.size() - filled);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) throwFileError(file, "read", errno);
        if (got == 0) break;
        filled += static_cast<std::size_t>(got);
        if (filled > maxBytes) tooLarge(filled);
    }
    contents.resize(filled);
    return contents;
}

std::string byteCount(std::uint64_t bytes) {
    static constexpr std::array<const char*, 6> kUnits{"kB", "MB", "GB", "TB", "PB", "EB"};
    if (bytes < 1000) return std::to_string(bytes) + (bytes == 1 ? " byte" : " bytes");
    double value = static_cast<double>(bytes) / 1000.0;
    std::size_t unit = 0;
    while (value >= 999.95 && unit + 1 < kUnits.size()) {
        value /= 1000.0;
        ++unit;
    }
    char text[32];
    std::snprintf(text, sizeof text, value < 10 ? "%.1f %s" : "%.0f %s", value, kUnits[unit]);
    return text;
}

}  // namespace gradlens
