// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/zip.h"

#include "core/base/error.h"

#include <algorithm>
#include <array>
#include <limits>
#include <zlib.h>

namespace gradlens {

namespace {
constexpr std::int64_t kEndBytes = 22, kLongestComment = 65535, kLocatorBytes = 20, kEnd64Bytes = 56,
                       kCentralBytes = 46, kLocalBytes = 30;
constexpr std::int64_t kMostEntries = 10000, kMostDirectoryBytes = 64 << 20;
constexpr std::int64_t kMaxDeflateRatio = 1032;  // no deflate stream grows by more [zlib.net/zlib_tech.html]

[[noreturn]] void fail(const RandomBytes& file, const std::string& what) {
    throw Error(what, file.name(), "The archive is cut short or damaged: write or download it again.");
}

std::uint64_t number(std::span<const std::byte> bytes, std::int64_t at, int width) {
    std::uint64_t value = 0;
    for (int i = width - 1; i >= 0; --i)
        value = value << 8 | std::to_integer<std::uint64_t>(bytes[static_cast<std::size_t>(at + i)]);
    return value;
}

std::vector<std::byte> bytesAt(const RandomBytes& file, std::int64_t at, std::int64_t count, const std::string& what) {
    if (at < 0 || count < 0 || at > file.size() || count > file.size() - at) fail(file, "the file ends within " + what);
    std::vector<std::byte> bytes(static_cast<std::size_t>(count));
    file.read(at, bytes, what);
    return bytes;
}

std::int64_t signedNumber(const RandomBytes& file, std::uint64_t value) {
    if (value > static_cast<std::uint64_t>(file.size()) * kMaxDeflateRatio ||
        value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
        fail(file, "claims more than it can hold");
    return static_cast<std::int64_t>(value);
}

struct Directory {
    std::int64_t at = 0, bytes = 0, entries = 0;
};

Directory findDirectory(const RandomBytes& file) {
    const std::int64_t tailBytes = std::min(file.size(), kEndBytes + kLongestComment);
    const auto tail = bytesAt(file, file.size() - tailBytes, tailBytes, "the ZIP directory");
    for (std::int64_t at = tailBytes - kEndBytes; at >= 0; --at) {
        if (number(tail, at, 4) != 0x06054b50) continue;
        std::uint64_t entries = number(tail, at + 10, 2), bytes = number(tail, at + 12, 4),
                      begin = number(tail, at + 16, 4);
        if (entries == 0xffff || bytes == 0xffffffff || begin == 0xffffffff) {
            const auto locator =
                bytesAt(file, file.size() - tailBytes + at - kLocatorBytes, kLocatorBytes, "the ZIP64 directory");
            if (number(locator, 0, 4) != 0x07064b50) fail(file, "has no ZIP64 directory");
            const auto end =
                bytesAt(file, signedNumber(file, number(locator, 8, 8)), kEnd64Bytes, "the ZIP64 directory");
            if (number(end, 0, 4) != 0x06064b50) fail(file, "has no ZIP64 directory");
            entries = number(end, 32, 8);
            bytes = number(end, 40, 8);
            begin = number(end, 48, 8);
        }
        return {signedNumber(file, begin), signedNumber(file, bytes), signedNumber(file, entries)};
    }
    throw Error("is not a ZIP archive, or its end is missing", file.name(), "Write or download it again.");
}

// The 64-bit sizes of an entry, in the order of those that do not fit their fields.
void readZip64(const RandomBytes& file, std::span<const std::byte> extra, std::span<std::uint64_t*> values) {
    for (std::size_t at = 0; at + 4 <= extra.size();) {
        const std::uint64_t id = number(extra, static_cast<std::int64_t>(at), 2),
                            size = number(extra, static_cast<std::int64_t>(at) + 2, 2);
        at += 4;
        if (size > extra.size() - at) break;
        if (id == 1) {
            std::size_t from = at;
            for (std::uint64_t* value : values) {
                if (*value != 0xffffffff) continue;
                if (from + 8 > at + size) fail(file, "has an entry without its 64-bit size");
                *value = number(extra, static_cast<std::int64_t>(from), 8);
                from += 8;
            }
            return;
        }
        at += size;
    }
}
}  // namespace

bool looksLikeZip(const RandomBytes& file) {
    std::array<std::byte, 4> magic{};
    if (file.size() < kEndBytes) return false;
    file.read(0, magic, "the first bytes");
    const std::uint64_t value = number(magic, 0, 4);
    return value == 0x04034b50 || value == 0x06054b50;
}

std::vector<ZipEntry> readZipDirectory(const RandomBytes& file) {
    const Directory directory = findDirectory(file);
    if (directory.entries > kMostEntries || directory.bytes > kMostDirectoryBytes)
        fail(file, "has more than 10,000 entries");
    const auto bytes = bytesAt(file, directory.at, directory.bytes, "the ZIP directory");
    std::vector<ZipEntry> entries;
    std::int64_t at = 0;
    for (std::int64_t i = 0; i < directory.entries; ++i) {
        const auto left = directory.bytes - at;
        if (left < kCentralBytes || number(bytes, at, 4) != 0x02014b50)
            fail(file, "the ZIP directory breaks off at entry " + std::to_string(i + 1));
        const auto nameBytes = static_cast<std::int64_t>(number(bytes, at + 28, 2)),
                   extraBytes = static_cast<std::int64_t>(number(bytes, at + 30, 2)),
                   commentBytes = static_cast<std::int64_t>(number(bytes, at + 32, 2));
        if (left < kCentralBytes + nameBytes + extraBytes + commentBytes)
            fail(file, "the ZIP directory breaks off at entry " + std::to_string(i + 1));
        ZipEntry entry;
        const auto* const name = reinterpret_cast<const char*>(bytes.data()) + at + kCentralBytes;
        entry.name.assign(name, static_cast<std::size_t>(nameBytes));
        const std::uint64_t method = number(bytes, at + 10, 2);
        if ((number(bytes, at + 8, 2) & 1) != 0)
            throw Error("the entry " + entry.name + " is encrypted", file.name(),
                        "Write the archive without a password.");
        if (method != 0 && method != 8)
            throw Error("the entry " + entry.name + " is compressed by method " + std::to_string(method), file.name(),
                        "Write it with numpy.savez or numpy.savez_compressed.");
        entry.deflated = method == 8;
        entry.checksum = static_cast<std::uint32_t>(number(bytes, at + 16, 4));
        std::uint64_t stored = number(bytes, at + 20, 4), content = number(bytes, at + 24, 4),
                      header = number(bytes, at + 42, 4);
        std::array<std::uint64_t*, 3> sizes{&content, &stored, &header};
        readZip64(file,
                  std::span(bytes).subspan(static_cast<std::size_t>(at + kCentralBytes + nameBytes),
                                           static_cast<std::size_t>(extraBytes)),
                  sizes);
        entry.storedBytes = signedNumber(file, stored);
        entry.contentBytes = signedNumber(file, content);
        entry.headerAt = signedNumber(file, header);
        entries.push_back(std::move(entry));
        at += kCentralBytes + nameBytes + extraBytes + commentBytes;
    }
    return entries;
}

std::shared_ptr<const RandomBytes> openZipEntry(std::shared_ptr<const RandomBytes> file, const ZipEntry& entry) {
    const auto header = bytesAt(*file, entry.headerAt, kLocalBytes, "the entry " + entry.name);
    if (number(header, 0, 4) != 0x04034b50) fail(*file, "the entry " + entry.name + " is not where the directory says");
    const std::int64_t begin = entry.headerAt + kLocalBytes + static_cast<std::int64_t>(number(header, 26, 2)) +
                               static_cast<std::int64_t>(number(header, 28, 2));
    if (begin > file->size() || entry.storedBytes > file->size() - begin)
        fail(*file, "the file ends within the entry " + entry.name);
    const std::string name = file->name() + " (" + entry.name + ")";
    if (!entry.deflated) {
        if (entry.storedBytes != entry.contentBytes) fail(*file, "the entry " + entry.name + " has two sizes");
        return partOf(file, begin, entry.storedBytes, name);
    }
    if (entry.contentBytes / kMaxDeflateRatio > entry.storedBytes)
        fail(*file, "the entry " + entry.name + " claims more than it can hold");
    const auto stored = bytesAt(*file, begin, entry.storedBytes, "the entry " + entry.name);
    std::vector<std::byte> content(static_cast<std::size_t>(entry.contentBytes));
    z_stream stream{};
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) throw std::bad_alloc();
    std::size_t from = 0, to = 0;
    int state = Z_OK;
    while (state == Z_OK) {
        constexpr std::size_t kMostAtOnce = std::size_t{1} << 30;  // zlib counts in unsigned int
        const std::size_t in = std::min(stored.size() - from, kMostAtOnce),
                          out = std::min(content.size() - to, kMostAtOnce);
        stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(stored.data() + from));
        stream.avail_in = static_cast<uInt>(in);
        stream.next_out = reinterpret_cast<Bytef*>(content.data() + to);
        stream.avail_out = static_cast<uInt>(out);
        state = inflate(&stream, Z_NO_FLUSH);
        from += in - stream.avail_in;
        to += out - stream.avail_out;
    }
    inflateEnd(&stream);
    const bool whole = state == Z_STREAM_END && to == content.size();
    if (!whole || crc32_z(0, reinterpret_cast<const Bytef*>(content.data()), content.size()) != entry.checksum)
        fail(*file, "the entry " + entry.name + " is damaged");
    return bytesInMemory(std::move(content), name);
}

}  // namespace gradlens
