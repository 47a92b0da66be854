// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/npy.h"

#include "core/base/error.h"
#include "core/data/zip.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace gradlens {

namespace {
constexpr const char* kHint = "Write it with numpy.save or numpy.savez.";

std::optional<RowType> typeFrom(std::string_view text) {
    struct Known {
        std::string_view text;
        RowType type;
    };
    static constexpr std::array<Known, 12> known{{{"|u1", RowType::UInt8},
                                                  {"|b1", RowType::UInt8},
                                                  {"|i1", RowType::Int8},
                                                  {"<i2", RowType::Int16},
                                                  {"<u2", RowType::UInt16},
                                                  {"<i4", RowType::Int32},
                                                  {"<u4", RowType::UInt32},
                                                  {"<i8", RowType::Int64},
                                                  {"<u8", RowType::Int64},
                                                  {"<f2", RowType::Half},
                                                  {"<f4", RowType::Float32},
                                                  {"<f8", RowType::Float64}}};
    const auto found = std::ranges::find(known, text, &Known::text);
    return found == known.end() ? std::nullopt : std::optional(found->type);
}

// What follows 'key': in the header's dictionary, without blanks before it; empty when there is none.
std::string_view valueOf(std::string_view header, std::string_view key) {
    for (const char quote : {'\'', '"'}) {
        const std::string wanted = quote + std::string(key) + quote;
        const std::size_t at = header.find(wanted);
        if (at == std::string_view::npos) continue;
        std::string_view rest = header.substr(at + wanted.size());
        const std::size_t begin = rest.find_first_not_of(" :");
        return begin == std::string_view::npos ? std::string_view() : rest.substr(begin);
    }
    return {};
}

std::string_view quoted(std::string_view value) {
    if (value.empty() || (value[0] != '\'' && value[0] != '"')) return {};
    const std::size_t end = value.find(value[0], 1);
    return end == std::string_view::npos ? std::string_view() : value.substr(1, end - 1);
}

// "(3, 4)"; nothing when it is no such list of sizes above 0, or too long.
std::optional<Shape> shapeFrom(std::string_view value) {
    const std::size_t end = value.find(')');
    if (value.empty() || value[0] != '(' || end == std::string_view::npos) return std::nullopt;
    Shape shape;
    for (std::size_t at = 1; at < end;) {
        if (value[at] == ' ' || value[at] == ',') {
            ++at;
            continue;
        }
        std::int64_t size = 0;
        const auto [stop, error] = std::from_chars(value.data() + at, value.data() + end, size);
        if (error != std::errc() || size <= 0 || shape.rank() == Shape::kMaxRank - 1) return std::nullopt;
        shape.append(size);
        at = static_cast<std::size_t>(stop - value.data());
    }
    return shape;
}
}  // namespace

NpyArray readNpyHeader(std::shared_ptr<const RandomBytes> bytes) {
    const auto fail = [&](const std::string& what, const char* hint = kHint) -> Error {
        return {what, bytes->name(), hint};
    };
    std::array<std::byte, 12> start{};
    if (bytes->size() < static_cast<std::int64_t>(start.size())) throw fail("is too short for a NumPy array");
    bytes->read(0, start, "the NPY header");
    const auto byte = [&](std::size_t at) { return std::to_integer<std::int64_t>(start[at]); };
    if (byte(0) != 0x93 || byte(1) != 'N' || byte(2) != 'U' || byte(3) != 'M' || byte(4) != 'P' || byte(5) != 'Y')
        throw fail("is not a NumPy array: it does not begin with \\x93NUMPY");
    const std::int64_t version = byte(6);
    if (version < 1 || version > 3) throw fail("has the unknown NPY version " + std::to_string(version));
    const std::int64_t lengthAt = version == 1 ? 10 : 12;
    const std::int64_t length = byte(8) | byte(9) << 8 | (version == 1 ? 0 : byte(10) << 16 | byte(11) << 24);
    constexpr std::int64_t kLongestHeader = 1 << 20;
    if (length > kLongestHeader || length > bytes->size() - lengthAt) throw fail("ends within the NPY header");
    std::string header(static_cast<std::size_t>(length), '\0');
    bytes->read(lengthAt, std::as_writable_bytes(std::span(header)), "the NPY header");

    const std::string_view descr = quoted(valueOf(header, "descr"));
    const auto type = typeFrom(descr);
    if (!type)
        throw fail("has elements of type '" + std::string(descr.substr(0, 32)) +
                       "'; whole and real numbers, little-endian, are expected",
                   "Convert the array before saving it, such as with astype('float32').");
    if (!valueOf(header, "fortran_order").starts_with("False"))
        throw fail("is stored column by column", "Save numpy.ascontiguousarray(array).");
    const auto shape = shapeFrom(valueOf(header, "shape"));
    if (!shape || shape->rank() == 0)
        throw fail("has no shape of 1 to 7 sizes above 0", "Save an array with one sample a row.");
    NpyArray array{bytes, lengthAt + length, *type, *shape};
    const auto elements = shape->checkedElements();
    std::int64_t expected = 0;
    const std::int64_t found = bytes->size() - array.first;
    if (!elements || __builtin_mul_overflow(*elements, sizeOf(*type), &expected))
        throw fail("claims to hold " + shape->toString() + " elements, more than any file can");
    if (found < expected) {
        const std::int64_t rowBytes = expected / (*shape)[0];
        throw fail("the header says " + shape->toString() + ", " + std::to_string(expected) + " bytes, but " +
                       std::to_string(found) + " follow it: row " + std::to_string(found / rowBytes + 1) +
                       " is cut short",
                   "Copy, download or write the file again.");
    }
    return array;
}

NpyArray openNpy(const std::filesystem::path& file, const std::string& name) {
    const auto bytes = openBytes(file);
    if (!looksLikeZip(*bytes)) return readNpyHeader(bytes);
    const auto entries = readZipDirectory(*bytes);
    const auto entry = std::ranges::find_if(
        entries, [&](const ZipEntry& each) { return each.name == name || each.name == name + ".npy"; });
    if (entry == entries.end()) {
        std::string known;
        for (const ZipEntry& each : entries)
            if (known.size() < 200) known += (known.empty() ? "" : ", ") + each.name.substr(0, each.name.rfind(".npy"));
        throw Error("has no array '" + name + "'", file.string(),
                    "It has " + (known.empty() ? "none" : known) + ": give one of them in the data settings.");
    }
    return readNpyHeader(openZipEntry(bytes, *entry));
}

}  // namespace gradlens
