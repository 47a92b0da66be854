// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/events_file.h"

#include "core/base/error.h"
#include "core/io/atomic_file.h"

#include <sys/stat.h>

#include <array>
#include <bit>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <optional>
#include <unistd.h>
#include <utility>

namespace gradlens {

namespace {
static_assert(std::endian::native == std::endian::little,
              "frames and fixed fields are little-endian and written as memory is");

constexpr std::string_view kVersion = "brain.Event:2";
constexpr std::size_t kFlushBytes = 1 << 16;
constexpr std::uint64_t kMaxRecordBytes = 16ull << 20;  // larger ones hold no scalars: passed over without a look
constexpr std::size_t kHeadBytes = 12, kFootBytes = 4;

// Field numbers of Event, Summary and Summary.Value, and ours in Summary.Value.
enum Field : std::uint32_t {
    kEventWallTime = 1,
    kEventStep = 2,
    kEventFileVersion = 3,
    kEventSummary = 5,
    kSummaryValue = 1,
    kValueTag = 1,
    kValueSimple = 2,
    kValueExact = 15001,
};

enum class Wire : std::uint32_t { Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5 };

constexpr std::array<std::uint32_t, 256> crcTable() {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t crc = byte;
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1u) != 0 ? 0x82F63B78u : 0u);
        table[byte] = crc;
    }
    return table;
}
constexpr std::array<std::uint32_t, 256> kCrcTable = crcTable();

// Stored next to the data it covers, a CRC is rotated and shifted: a CRC of data with its CRC would be trivial.
std::uint32_t maskedCrc(std::string_view text) {
    return std::rotr(crc32c(std::as_bytes(std::span(text.data(), text.size()))), 15) + 0xA282EAD8u;
}

template <class T>
void appendFixed(std::string& out, T value) {
    std::array<char, sizeof(T)> bytes;
    std::memcpy(bytes.data(), &value, sizeof value);
    out.append(bytes.data(), bytes.size());
}

void appendVarint(std::string& out, std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) out += static_cast<char>((value & 0x7F) | 0x80);
    out += static_cast<char>(value);
}

void appendKey(std::string& out, Field field, Wire wire) {
    appendVarint(out, (static_cast<std::uint64_t>(field) << 3) | static_cast<std::uint32_t>(wire));
}

void appendBytes(std::string& out, Field field, std::string_view bytes) {
    appendKey(out, field, Wire::Bytes);
    appendVarint(out, bytes.size());
    out += bytes;
}

template <class T>
void appendFixed(std::string& out, Field field, T value) {
    appendKey(out, field, sizeof(T) == 8 ? Wire::Fixed64 : Wire::Fixed32);
    appendFixed(out, value);
}

template <class T>
T fixedAt(std::string_view bytes, std::size_t offset) {
    T value;
    std::memcpy(&value, bytes.data() + offset, sizeof value);
    return value;
}
}  // namespace

std::uint32_t crc32c(std::span<const std::byte> bytes) {
    std::uint32_t crc = ~0u;
    for (const std::byte byte : bytes) crc = (crc >> 8) ^ kCrcTable[(crc ^ static_cast<std::uint32_t>(byte)) & 0xFF];
    return ~crc;
}

EventsWriter::EventsWriter(std::filesystem::path file) : m_file(std::move(file)) {
    std::error_code ignored;
    if (std::filesystem::exists(m_file, ignored)) m_size = readEvents(m_file, 0).wholeBytes;
    m_descriptor = ::open(m_file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (m_descriptor < 0) throwFileError(m_file, "written", errno);
    if (::ftruncate(m_descriptor, static_cast<off_t>(m_size)) != 0 || ::lseek(m_descriptor, 0, SEEK_END) < 0) {
        const int code = errno;
        ::close(m_descriptor);
        throwFileError(m_file, "written", code);
    }
    if (m_size > 0) return;
    std::string event;
    appendFixed(event, kEventWallTime,
                std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count());
    appendBytes(event, kEventFileVersion, kVersion);
    append(event);
}

EventsWriter::~EventsWriter() {
    try {
        flush();
    } catch (const Error&) {  // A destructor cannot tell; who must know calls flush().
    }
    ::close(m_descriptor);
}

void EventsWriter::append(std::string_view event) {
    std::string length;
    appendFixed(length, static_cast<std::uint64_t>(event.size()));
    m_buffer += length;
    appendFixed(m_buffer, maskedCrc(length));
    m_buffer += event;
    appendFixed(m_buffer, maskedCrc(event));
}

void EventsWriter::scalar(std::string_view tag, std::int64_t step, double wallTime, double value) {
    std::string entry;
    appendBytes(entry, kValueTag, tag);
    appendFixed(entry, kValueSimple, static_cast<float>(value));
    appendFixed(entry, kValueExact, value);
    std::string summary;
    appendBytes(summary, kSummaryValue, entry);
    std::string event;
    appendFixed(event, kEventWallTime, wallTime);
    appendKey(event, kEventStep, Wire::Varint);
    appendVarint(event, static_cast<std::uint64_t>(step));
    appendBytes(event, kEventSummary, summary);
    append(event);
    if (m_buffer.size() >= kFlushBytes) flush();
}

void EventsWriter::flush() {
    std::string_view left = m_buffer;
    while (!left.empty()) {
        const ssize_t written = ::write(m_descriptor, left.data(), left.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) {
            // Half a record in the middle would hide all that follows: take the attempt back.
            const int code = errno;
            if (::ftruncate(m_descriptor, static_cast<off_t>(m_size)) == 0)
                ::lseek(m_descriptor, static_cast<off_t>(m_size), SEEK_SET);
            throwFileError(m_file, "written", code);
        }
        left.remove_prefix(static_cast<std::size_t>(written));
    }
    m_size += m_buffer.size();
    m_buffer.clear();
}

namespace {
// Walks the fields of a protobuf message. Any bytes may come: next() is false at the end and at the first fault.
class MessageReader {
public:
    explicit MessageReader(std::string_view message) : m_left(message) {}

    bool next() {
        const auto key = m_left.empty() ? std::nullopt : varint();
        if (!key) return false;
        field = static_cast<std::uint32_t>(*key >> 3);
        wire = static_cast<Wire>(*key & 7);
        switch (wire) {
            case Wire::Varint: {
                const auto value = varint();
                number = value.value_or(0);
                return value.has_value();
            }
            case Wire::Fixed64:
                return take(8);
            case Wire::Fixed32:
                return take(4);
            case Wire::Bytes: {
                const auto length = varint();
                return length && take(*length);
            }
        }
        return false;  // groups: nobody writes them any more
    }

    bool is(Field wantedField, Wire wantedWire) const { return field == wantedField && wire == wantedWire; }
    template <class T>
    T fixed() const {
        return fixedAt<T>(bytes, 0);
    }

    std::uint32_t field = 0;
    Wire wire = Wire::Varint;
    std::uint64_t number = 0;  // Varint
    std::string_view bytes;    // the others

private:
    bool take(std::uint64_t count) {
        if (count > m_left.size()) return false;
        bytes = m_left.substr(0, static_cast<std::size_t>(count));
        m_left.remove_prefix(static_cast<std::size_t>(count));
        return true;
    }

    std::optional<std::uint64_t> varint() {
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < m_left.size() && i < 10; ++i) {
            const auto byte = static_cast<unsigned char>(m_left[i]);
            value |= static_cast<std::uint64_t>(byte & 0x7F) << (7 * i);
            if (byte < 0x80) {
                m_left.remove_prefix(i + 1);
                return value;
            }
        }
        return std::nullopt;
    }

    std::string_view m_left;
};

void readValue(std::string_view message, const ScalarEvent& event, std::size_t maxScalars, EventsContents& contents) {
    std::string_view tag;
    std::optional<double> value;
    bool exact = false;
    for (MessageReader reader(message); reader.next();) {
        if (reader.is(kValueTag, Wire::Bytes)) tag = reader.bytes;
        if (reader.is(kValueSimple, Wire::Fixed32) && !exact) value = static_cast<double>(reader.fixed<float>());
        if (reader.is(kValueExact, Wire::Fixed64)) {
            value = reader.fixed<double>();
            exact = true;
        }
    }
    if (!value) return;  // a histogram, an image
    if (contents.scalars.size() >= maxScalars) {
        contents.limited = true;
        return;
    }
    contents.scalars.push_back({std::string(tag), event.step, event.wallTime, *value});
}

void readEvent(std::string_view message, std::size_t maxScalars, EventsContents& contents) {
    ScalarEvent event;
    std::string_view summary;
    for (MessageReader reader(message); reader.next();) {
        if (reader.is(kEventWallTime, Wire::Fixed64)) event.wallTime = reader.fixed<double>();
        if (reader.is(kEventStep, Wire::Varint)) event.step = static_cast<std::int64_t>(reader.number);
        if (reader.is(kEventSummary, Wire::Bytes)) summary = reader.bytes;
    }
    for (MessageReader reader(summary); reader.next();)
        if (reader.is(kSummaryValue, Wire::Bytes)) readValue(reader.bytes, event, maxScalars, contents);
}

// The first record of every event file says what it is.
bool saysVersion(std::string_view message) {
    for (MessageReader reader(message); reader.next();)
        if (reader.is(kEventFileVersion, Wire::Bytes)) return reader.bytes.starts_with("brain.Event:");
    return false;
}
}  // namespace

EventsContents readEvents(const std::filesystem::path& file, std::size_t maxScalars) {
    std::error_code code;
    const auto status = std::filesystem::status(file, code);
    if (std::filesystem::is_directory(status)) throwFileError(file, "read", EISDIR);
    if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status))
        throw Error("cannot be read: it is not a regular file", file.string(), "Give the name of a file");
    std::ifstream in(file, std::ios::binary);
    if (!in) throwFileError(file, "read", errno);
    in.seekg(0, std::ios::end);
    const auto end = static_cast<std::uint64_t>(in.tellg());

    EventsContents contents;
    std::string head(kHeadBytes, '\0'), record;
    bool first = true;
    const auto notEvents = [&]() {
        throw Error("is not a TensorBoard event file", file.string(), "Choose a file with \"tfevents\" in its name");
    };
    for (std::uint64_t at = 0; at < end;) {
        contents.cutShort = true;  // until this record turns out whole
        if (end - at < kHeadBytes) break;
        in.seekg(static_cast<std::streamoff>(at));
        if (!in.read(head.data(), kHeadBytes)) break;
        const auto length = fixedAt<std::uint64_t>(head, 0);
        if (maskedCrc(std::string_view(head).substr(0, 8)) != fixedAt<std::uint32_t>(head, 8)) {
            if (first) notEvents();
            break;
        }
        if (length > end || end - at - kHeadBytes < length || end - at - kHeadBytes - length < kFootBytes) break;
        at += kHeadBytes + length + kFootBytes;
        contents.cutShort = false;
        contents.wholeBytes = at;
        if (length > kMaxRecordBytes) continue;
        record.resize(static_cast<std::size_t>(length) + kFootBytes);
        if (!in.read(record.data(), static_cast<std::streamsize>(record.size()))) break;
        const std::string_view message = std::string_view(record).substr(0, static_cast<std::size_t>(length));
        if (maskedCrc(message) != fixedAt<std::uint32_t>(record, message.size())) {
            ++contents.damaged;
        } else if (first && !saysVersion(message)) {
            notEvents();
        } else {
            readEvent(message, maxScalars, contents);
        }
        first = false;
    }
    return contents;
}

}  // namespace gradlens
