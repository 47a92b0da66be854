// SPDX-License-Identifier: GPL-3.0-or-later
// Scalars in TensorBoard's event file format, so that `tensorboard --logdir` shows a run and a run shows its curves
// again: TFRecord frames (length, masked CRC32C, data, masked CRC32C; tensorflow/core/lib/io/record_writer.h) around
// Event messages (tensorflow/core/util/event.proto). simple_value is a float there; the double goes along in a field of
// our own that other readers pass over, so that values come back bit for bit.
#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gradlens {

// Appends to an event file, made when it is missing; a last record cut short by a kill is removed first. What flush()
// has written survives a kill. TensorBoard wants "tfevents" in the name. One owner, any thread.
class EventsWriter {
public:
    // Throws Error.
    explicit EventsWriter(std::filesystem::path file);
    // Flushes; a fault is lost then.
    ~EventsWriter();
    EventsWriter(const EventsWriter&) = delete;
    EventsWriter& operator=(const EventsWriter&) = delete;

    // One point of the curve `tag`, at a time in seconds since 1970. Buffered; throws Error when the buffer must be
    // written and cannot be.
    void scalar(std::string_view tag, std::int64_t step, double wallTime, double value);
    // Throws Error. The file then ends with the last whole record, and the next flush() tries again with what is left.
    void flush();

private:
    void append(std::string_view event);

    std::filesystem::path m_file;
    int m_descriptor = -1;
    std::uint64_t m_size = 0;  // of the file, in whole records
    std::string m_buffer;
};

struct ScalarEvent {
    std::string tag;
    std::int64_t step = 0;
    double wallTime = 0;  // seconds since 1970
    double value = 0;
    friend bool operator==(const ScalarEvent&, const ScalarEvent&) = default;
};

struct EventsContents {
    std::vector<ScalarEvent> scalars;  // in the order of the file
    std::uint64_t wholeBytes = 0;      // up to the end of the last readable record
    bool cutShort = false;             // the file ends within a record or in bytes that are none (a killed run)
    bool limited = false;              // there were more scalars than maxScalars
    std::int64_t damaged = 0;          // records in between that were passed over
};

// The scalars of a file, as far as it can be read; memory is bounded by maxScalars whatever the file claims. Throws
// Error when it cannot be opened or is no event file.
EventsContents readEvents(const std::filesystem::path& file, std::size_t maxScalars = 20'000'000);

// CRC-32C (Castagnoli; RFC 3720 appendix B.4).
std::uint32_t crc32c(std::span<const std::byte> bytes);

}  // namespace gradlens
