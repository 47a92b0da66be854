// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/byte_stream.h"

#include "core/base/error.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <zlib.h>

namespace gradlens {

void Progress::report(double fraction) const {
    if (listener == nullptr || !*listener) return;
    if (!(*listener)(from + (to - from) * std::clamp(fraction, 0.0, 1.0))) throw Error("cancelled");
}

Progress Progress::part(double partFrom, double partTo) const {
    return {listener, from + (to - from) * partFrom, from + (to - from) * partTo};
}

namespace {
gzFile handle(void* file) {
    return static_cast<gzFile>(file);
}
}  // namespace

void ByteStream::Close::operator()(void* file) const {
    gzclose_r(handle(file));
}

ByteStream::ByteStream(const std::filesystem::path& file) : m_name(file.string()) {
    if (file.empty()) throw Error("no file is chosen", {}, "Choose the file to read.");
    std::error_code error;
    const auto status = std::filesystem::status(file, error);
    if (!std::filesystem::exists(status))
        throw Error("there is no such file", m_name, "Check the path, or choose another file.");
    if (std::filesystem::is_directory(status))
        throw Error("is a folder, not a file", m_name, "Choose a file inside it.");
    if (!std::filesystem::is_regular_file(status))
        throw Error("is not an ordinary file", m_name, "Choose another file.");
    m_fileBytes = std::filesystem::file_size(file, error);
    if (error) throw Error("cannot be read: " + error.message(), m_name, "Check the file's permissions.");

    errno = 0;
    m_file.reset(gzopen(file.c_str(), "rb"));
    if (!m_file) {
        throw Error(std::string("cannot be opened: ") + (errno != 0 ? std::strerror(errno) : "out of memory"), m_name,
                    "Check the file's permissions.");
    }
    gzbuffer(handle(m_file.get()), 1u << 18);
    m_compressed = gzdirect(handle(m_file.get())) == 0;
}

ByteStream::~ByteStream() = default;

std::size_t ByteStream::read(std::span<std::byte> target) {
    constexpr std::size_t kMaxRequest = std::size_t{1} << 30;  // gzread counts in unsigned int
    std::size_t total = 0;
    while (total < target.size()) {
        const auto wanted = static_cast<unsigned>(std::min(target.size() - total, kMaxRequest));
        const int got = gzread(handle(m_file.get()), target.data() + total, wanted);
        if (got > 0) total += static_cast<std::size_t>(got);
        if (got >= 0 && static_cast<unsigned>(got) == wanted) continue;

        int code = Z_OK;
        const char* text = gzerror(handle(m_file.get()), &code);
        if (code == Z_BUF_ERROR) {
            throw Error("the compressed file ends too early", m_name, "It was cut short: download or copy it again.");
        }
        if (code == Z_ERRNO)
            throw Error(std::string("cannot be read: ") + std::strerror(errno), m_name,
                        "Check the disk and permissions.");
        if (code != Z_OK && code != Z_STREAM_END) {
            throw Error(std::string("the compressed data is damaged (") + text + ")", m_name,
                        "Download or copy the file again.");
        }
        break;
    }
    return total;
}

double ByteStream::fractionRead() const {
    if (m_fileBytes == 0) return 1;
    return static_cast<double>(gzoffset(handle(m_file.get()))) / static_cast<double>(m_fileBytes);
}

}  // namespace gradlens
