// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/safetensors.h"

#include "core/base/error.h"
#include "core/io/atomic_file.h"
#include "core/io/json_text.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cerrno>
#include <fcntl.h>
#include <limits>
#include <new>
#include <unistd.h>

namespace gradlens {

namespace {
static_assert(std::endian::native == std::endian::little, "the format is little-endian and written as memory is");

constexpr const char* kMetadataKey = "__metadata__";
constexpr std::size_t kDataAlignment = 64;
constexpr const char* kDamaged = "The file is damaged or no safetensors file: use another copy";

constexpr std::array<std::pair<std::string_view, DType>, 4> kTypes{
    {{"F32", DType::Float32}, {"F64", DType::Float64}, {"I32", DType::Int32}, {"U8", DType::UInt8}}};

std::string_view formatName(DType dtype) {
    return std::ranges::find(kTypes, dtype, &std::pair<std::string_view, DType>::second)->first;
}

std::string quoted(const std::string& text) {
    return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// Header and data of a file with these tensors in this order. By hand rather than as a JSON value: there may be many.
std::string headerOf(std::span<const NamedTensor* const> tensors, const SafetensorsMetadata& metadata) {
    std::string header = "{";
    if (!metadata.empty()) {
        for (const auto& [key, value] : metadata) {
            header += header.size() == 1 ? quoted(kMetadataKey) + ":{" : ",";
            header += quoted(key) + ":" + quoted(value);
        }
        header += "}";
    }
    std::uint64_t offset = 0;
    for (const NamedTensor* named : tensors) {
        if (header.size() > 1) header += ",";
        header.append(quoted(named->name))
            .append(":{\"dtype\":\"")
            .append(formatName(named->tensor.dtype()))
            .append("\",\"shape\":[");
        for (int axis = 0; axis < named->tensor.shape().rank(); ++axis)
            header.append(axis > 0 ? "," : "").append(std::to_string(named->tensor.shape()[axis]));
        const std::uint64_t end = offset + named->tensor.bytes();
        header.append("],\"data_offsets\":[")
            .append(std::to_string(offset))
            .append(",")
            .append(std::to_string(end))
            .append("]}");
        offset = end;
    }
    header += "}";
    while ((header.size() + sizeof(std::uint64_t)) % kDataAlignment != 0) header += ' ';
    return header;
}
}  // namespace

void writeSafetensors(const std::filesystem::path& file, std::span<const NamedTensor> tensors,
                      const SafetensorsMetadata& metadata) {
    std::vector<const NamedTensor*> ordered;
    ordered.reserve(tensors.size());
    for (const NamedTensor& named : tensors) {
        assert(named.name != kMetadataKey && (named.tensor || named.tensor.elements() == 0));
        ordered.push_back(&named);
    }
    std::ranges::sort(ordered, [](const NamedTensor* a, const NamedTensor* b) {
        const std::size_t sizeA = sizeOf(a->tensor.dtype()), sizeB = sizeOf(b->tensor.dtype());
        return sizeA != sizeB ? sizeA > sizeB : a < b;  // else as given: both point into `tensors`
    });

    const std::string header = headerOf(ordered, metadata);
    const std::uint64_t length = header.size();
    AtomicFile out(file);
    out.write(std::as_bytes(std::span(&length, 1)));
    out.write(header);
    for (const NamedTensor* named : ordered) out.write(named->tensor.rawBytes());
    out.commit();
}

namespace {
// Reads one header entry; faults name the file and the tensor.
class EntryParser {
public:
    EntryParser(const std::string& where, const std::string& name, const nlohmann::json& json)
        : m_where(where), m_name(name), m_json(json) {}

    SafetensorsEntry parsed() const {
        if (!m_json.is_object()) fail("its description is not an object");
        SafetensorsEntry entry;
        entry.name = m_name;
        entry.dtype = dtype();
        entry.shape = shape();
        const auto& offsets = member("data_offsets");
        if (!offsets.is_array() || offsets.size() != 2) fail("its data_offsets are not two numbers");
        entry.begin = number(offsets[0], "data_offsets");
        entry.end = number(offsets[1], "data_offsets");
        if (entry.begin > entry.end) fail("its data ends before it begins");
        checkSize(entry);
        return entry;
    }

private:
    [[noreturn]] void fail(const std::string& what, const char* hint = kDamaged) const {
        throw Error("tensor " + quoted(m_name.substr(0, 80)) + ": " + what, m_where, hint);
    }

    const nlohmann::json& member(const char* key) const {
        const auto found = m_json.find(key);
        if (found == m_json.end()) fail(std::string("has no ") + key);
        return *found;
    }

    DType dtype() const {
        const auto& json = member("dtype");
        if (!json.is_string()) fail("its dtype is not text");
        const auto& text = json.get_ref<const std::string&>();
        const auto found =
            std::ranges::find(kTypes, std::string_view(text), &std::pair<std::string_view, DType>::first);
        if (found == kTypes.end())
            fail("has elements of type " + quoted(text.substr(0, 16)),
                 "Gradlens reads F32, F64, I32 and U8: convert the tensor to one of them");
        return found->second;
    }

    Shape shape() const {
        const auto& json = member("shape");
        if (!json.is_array()) fail("its shape is not a list");
        if (json.size() > static_cast<std::size_t>(Shape::kMaxRank))
            fail("has " + std::to_string(json.size()) + " dimensions",
                 "Gradlens reads tensors of up to 8 dimensions: reshape it");
        Shape shape;
        for (const auto& size : json) shape.append(static_cast<std::int64_t>(number(size, "shape")));
        return shape;
    }

    std::uint64_t number(const nlohmann::json& json, const char* key) const {
        if (!json.is_number_unsigned()) fail(std::string("its ") + key + " are not whole numbers from 0 on");
        const auto value = json.get<std::uint64_t>();
        if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
            fail(std::string("its ") + key + " are too large");
        return value;
    }

    void checkSize(const SafetensorsEntry& entry) const {
        const auto elements = entry.shape.checkedElements();
        const std::uint64_t bytes = entry.end - entry.begin;
        if (!elements ||
            static_cast<std::uint64_t>(*elements) > std::numeric_limits<std::uint64_t>::max() / sizeOf(entry.dtype))
            fail("its shape " + entry.shape.toString() + " is too large");
        const std::uint64_t expected = static_cast<std::uint64_t>(*elements) * sizeOf(entry.dtype);
        if (expected != bytes)
            fail("its shape " + entry.shape.toString() + " needs " + byteCount(expected) + ", and its data has " +
                 byteCount(bytes));
    }

    const std::string& m_where;
    const std::string& m_name;
    const nlohmann::json& m_json;
};

// The data of all tensors must fill the rest of the file: no overlap, no gap, nothing missing, nothing left over.
void checkCoverage(std::span<const SafetensorsEntry> entries, std::uint64_t dataBytes, const std::string& where) {
    std::uint64_t end = 0;
    for (const SafetensorsEntry& entry : entries) {
        if (entry.begin != end) {
            const std::string name = "tensor " + quoted(entry.name.substr(0, 80));
            throw Error(entry.begin < end ? name + ": its data overlaps another tensor's"
                                          : name + ": there is a gap before its data",
                        where, kDamaged);
        }
        end = entry.end;
    }
    if (end > dataBytes)
        throw Error("is cut short: its header describes " + byteCount(end) + " of tensors, and " +
                        byteCount(dataBytes) + " are there",
                    where, "Use another copy; the program that wrote it may have been interrupted");
    if (end < dataBytes)
        throw Error("has " + byteCount(dataBytes - end) + " that belong to no tensor", where, kDamaged);
}

SafetensorsMetadata parsedMetadata(const nlohmann::json& json, const std::string& where) {
    SafetensorsMetadata metadata;
    if (!json.is_object()) throw Error("its __metadata__ is not an object", where, kDamaged);
    for (const auto& [key, value] : json.items()) {
        if (!value.is_string()) throw Error("its __metadata__ holds something that is not text", where, kDamaged);
        metadata.emplace(key, value.get<std::string>());
    }
    return metadata;
}
}  // namespace

SafetensorsReader::SafetensorsReader(std::filesystem::path file) : m_file(std::move(file)) {
    m_descriptor = ::open(m_file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (m_descriptor < 0) throwFileError(m_file, "read", errno);
    try {
        readHeader();
    } catch (...) {
        ::close(m_descriptor);
        throw;
    }
}

SafetensorsReader::~SafetensorsReader() {
    ::close(m_descriptor);
}

void SafetensorsReader::readHeader() {
    const std::string where = m_file.string();
    struct stat status{};
    if (::fstat(m_descriptor, &status) != 0) throwFileError(m_file, "read", errno);
    if (S_ISDIR(status.st_mode)) throwFileError(m_file, "read", EISDIR);
    if (!S_ISREG(status.st_mode))
        throw Error("cannot be read: it is not a regular file", where, "Give the name of a file");
    const auto fileBytes = static_cast<std::uint64_t>(status.st_size);

    std::uint64_t headerBytes = 0;
    if (fileBytes < sizeof headerBytes)
        throw Error("is too short for a safetensors file (" + byteCount(fileBytes) + ")", where, kDamaged);
    readAt(0, std::as_writable_bytes(std::span(&headerBytes, 1)));
    if (headerBytes > fileBytes - sizeof headerBytes)
        throw Error("claims a header of " + byteCount(headerBytes) + ", and the file has " + byteCount(fileBytes),
                    where, kDamaged);
    if (headerBytes > kMaxHeaderBytes)
        throw Error(
            "has a header of " + byteCount(headerBytes) + ", and at most " + byteCount(kMaxHeaderBytes) + " are read",
            where, kDamaged);
    std::string header(headerBytes, '\0');
    readAt(sizeof headerBytes, std::as_writable_bytes(std::span(header)));
    if (!header.starts_with('{')) throw Error("has a header that does not begin with {", where, kDamaged);

    const JsonLimits limits{.depth = 4, .values = 4'000'000, .keysPerObject = kMaxTensors + 1};
    const nlohmann::json json = parseSortedJson(header, where + ": header", limits);
    for (const auto& [name, description] : json.items()) {
        if (name == kMetadataKey) {
            m_metadata = parsedMetadata(description, where);
        } else {
            m_entries.push_back(EntryParser(where, name, description).parsed());
        }
    }
    std::ranges::sort(m_entries, [](const SafetensorsEntry& a, const SafetensorsEntry& b) {
        return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
    });
    m_dataStart = sizeof headerBytes + headerBytes;
    checkCoverage(m_entries, fileBytes - m_dataStart, where);
    for (std::size_t i = 0; i < m_entries.size(); ++i) m_byName.emplace(m_entries[i].name, i);
}

void SafetensorsReader::readAt(std::uint64_t offset, std::span<std::byte> bytes) const {
    while (!bytes.empty()) {
        const ssize_t got = ::pread(m_descriptor, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) throwFileError(m_file, "read", errno);
        if (got == 0)
            throw Error("became shorter while it was read", m_file.string(), "Try again when nothing writes it");
        bytes = bytes.subspan(static_cast<std::size_t>(got));
        offset += static_cast<std::uint64_t>(got);
    }
}

const SafetensorsEntry* SafetensorsReader::find(std::string_view name) const {
    const auto found = m_byName.find(name);
    return found == m_byName.end() ? nullptr : &m_entries[found->second];
}

Tensor SafetensorsReader::read(const SafetensorsEntry& entry) const {
    try {
        Tensor tensor(entry.dtype, entry.shape);
        readInto(entry, tensor.view());
        return tensor;
    } catch (const std::bad_alloc&) {
        throw Error(
            "tensor " + quoted(entry.name) + " does not fit into memory (" + byteCount(entry.end - entry.begin) + ")",
            m_file.string(), "Close other programs or use a machine with more memory");
    }
}

void SafetensorsReader::readInto(const SafetensorsEntry& entry, const TensorView& target) const {
    assert(target.dtype() == entry.dtype && target.elements() == entry.shape.elements());
    readAt(m_dataStart + entry.begin, {static_cast<std::byte*>(target.data()), target.bytes()});
}

const Tensor* SafetensorsContents::find(std::string_view name) const {
    const auto found = std::ranges::find(tensors, name, &std::pair<std::string, Tensor>::first);
    return found == tensors.end() ? nullptr : &found->second;
}

SafetensorsContents readSafetensors(const std::filesystem::path& file) {
    const SafetensorsReader reader(file);
    SafetensorsContents contents;
    contents.metadata = reader.metadata();
    for (const SafetensorsEntry& entry : reader.entries())
        contents.tensors.emplace_back(entry.name, reader.read(entry));
    return contents;
}

}  // namespace gradlens
