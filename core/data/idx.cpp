// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/idx.h"

#include "core/base/error.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <type_traits>
#include <vector>

namespace gradlens {

namespace {
enum class IdxType : std::uint8_t {
    UnsignedByte = 0x08,
    SignedByte = 0x09,
    Short = 0x0B,
    Int = 0x0C,
    Float = 0x0D,
    Double = 0x0E
};

constexpr std::int64_t kMaxClasses = 65536;
constexpr std::int64_t kChunkBytes = 4 << 20;
constexpr std::int64_t kTrustedBytes = 64 << 20;  // allocated on the header's word; more only as it arrives
constexpr std::uint64_t kMaxDeflateRatio = 1032;  // no deflate stream grows by more [zlib.net/zlib_tech.html]

struct IdxHeader {
    IdxType type = IdxType::UnsignedByte;
    Shape shape;
    std::int64_t elements = 0, bytes = 0;  // of the elements
};

std::int64_t elementBytes(IdxType type) {
    switch (type) {
        case IdxType::UnsignedByte:
        case IdxType::SignedByte:
            return 1;
        case IdxType::Short:
            return 2;
        case IdxType::Int:
        case IdxType::Float:
            return 4;
        case IdxType::Double:
            return 8;
    }
    return 0;
}

std::string hexadecimal(std::span<const std::byte> bytes) {
    constexpr char kDigits[] = "0123456789abcdef";
    std::string text;
    for (const std::byte byte : bytes) {
        if (!text.empty()) text += ' ';
        text += kDigits[std::to_integer<unsigned>(byte) >> 4];
        text += kDigits[std::to_integer<unsigned>(byte) & 15];
    }
    return text;
}

constexpr const char* kAgain = "The file is cut short or damaged: download or copy it again.";
constexpr const char* kChooseIdx = "Choose a file such as train-images-idx3-ubyte or train-images-idx3-ubyte.gz.";

IdxHeader readHeader(ByteStream& stream) {
    std::array<std::byte, 4> magic{};
    const std::size_t got = stream.read(magic);
    if (got == 0) throw Error("the file is empty, an IDX file is expected", stream.name(), kAgain);
    if (got < 4 || magic[0] != std::byte{0} || magic[1] != std::byte{0}) {
        throw Error("is not an IDX file: it starts with " + hexadecimal(std::span(magic).first(got)) +
                        " where 00 00, a type and a rank are expected",
                    stream.name(), kChooseIdx);
    }
    IdxHeader header;
    header.type = static_cast<IdxType>(magic[2]);
    if (elementBytes(header.type) == 0) {
        throw Error("has the unknown IDX element type 0x" + hexadecimal(std::span(magic).subspan(2, 1)) +
                        ", one of 08, 09, 0b, 0c, 0d, 0e is expected",
                    stream.name(), kChooseIdx);
    }
    const int rank = std::to_integer<int>(magic[3]);
    if (rank < 1 || rank > Shape::kMaxRank - 1) {
        throw Error("claims " + std::to_string(rank) + " dimensions, 1 to 7 are expected", stream.name(), kChooseIdx);
    }
    for (int axis = 0; axis < rank; ++axis) {
        std::array<std::byte, 4> size{};
        if (stream.read(size) < 4) throw Error("ends within the IDX header", stream.name(), kAgain);
        std::uint32_t value = 0;
        for (const std::byte byte : size) value = value << 8 | std::to_integer<std::uint32_t>(byte);
        if (value == 0) {
            throw Error("dimension " + std::to_string(axis + 1) + " of " + std::to_string(rank) +
                            " has size 0, at least 1 is expected",
                        stream.name(), "Choose a file that holds samples.");
        }
        header.shape.append(value);
    }
    const auto elements = header.shape.checkedElements();
    if (!elements || __builtin_mul_overflow(*elements, elementBytes(header.type), &header.bytes)) {
        throw Error("claims to hold " + header.shape.toString() + " elements, more than any file can", stream.name(),
                    kAgain);
    }
    header.elements = *elements;
    return header;
}

[[noreturn]] void failSize(const ByteStream& stream, const IdxHeader& header, const std::string& found) {
    throw Error(
        "the header says " + header.shape.toString() + ", " + std::to_string(header.bytes) + " bytes, but " + found,
        stream.name(), kAgain);
}

// Compares the claim with the file's size: exact for a plain file, an upper bound for a compressed one.
void checkClaim(const ByteStream& stream, const IdxHeader& header) {
    const std::uint64_t headerBytes = 4 + 4 * static_cast<std::uint64_t>(header.shape.rank());
    const auto claimed = static_cast<std::uint64_t>(header.bytes);
    if (stream.compressed()) {
        if (claimed / kMaxDeflateRatio > stream.fileBytes()) {
            failSize(stream, header,
                     "a compressed file of " + std::to_string(stream.fileBytes()) + " bytes cannot hold that");
        }
        return;
    }
    const std::uint64_t found = stream.fileBytes() - std::min(stream.fileBytes(), headerBytes);
    if (found != claimed) failSize(stream, header, std::to_string(found) + " follow it");
}

// Fills `target`; `before` bytes came earlier (for messages and progress).
void readExactly(ByteStream& stream, const IdxHeader& header, std::span<std::byte> target, std::int64_t before,
                 const Progress& progress) {
    std::size_t done = 0;
    while (done < target.size()) {
        const std::size_t wanted = std::min(target.size() - done, static_cast<std::size_t>(kChunkBytes));
        const std::size_t got = stream.read(target.subspan(done, wanted));
        done += got;
        if (got < wanted)
            failSize(stream, header, "only " + std::to_string(before + static_cast<std::int64_t>(done)) + " follow it");
        progress.report(static_cast<double>(before + static_cast<std::int64_t>(done)) /
                        static_cast<double>(header.bytes));
    }
}

// The elements as stored.
Tensor readRaw(ByteStream& stream, const IdxHeader& header, const Shape& rawShape, const Progress& progress) {
    const auto writable = [](const Tensor& tensor) { return std::as_writable_bytes(tensor.as<std::uint8_t>()); };
    Tensor raw;
    if (!stream.compressed() || header.bytes <= kTrustedBytes) {
        raw = Tensor(DType::UInt8, rawShape);
        readExactly(stream, header, writable(raw), 0, progress);
    } else {
        std::vector<Tensor> blocks;
        for (std::int64_t done = 0; done < header.bytes; done += blocks.back().elements()) {
            blocks.emplace_back(DType::UInt8, Shape{std::min(kTrustedBytes, header.bytes - done)});
            readExactly(stream, header, writable(blocks.back()), done, progress);
        }
        raw = Tensor(DType::UInt8, rawShape);
        std::size_t offset = 0;
        for (Tensor& block : blocks) {
            std::ranges::copy(block.as<std::uint8_t>(),
                              raw.as<std::uint8_t>().begin() + static_cast<std::ptrdiff_t>(offset));
            offset += block.bytes();
            block = Tensor();
        }
    }
    // One byte more also makes zlib check the checksum.
    std::array<std::byte, 1> beyond{};
    if (stream.read(beyond) != 0) failSize(stream, header, "more follow it");
    return raw;
}

template <class Stored, class Target>
Tensor converted(const Tensor& raw, const Shape& shape) {
    using Bits =
        std::conditional_t<sizeof(Stored) == 1, std::uint8_t,
                           std::conditional_t<sizeof(Stored) == 2, std::uint16_t,
                                              std::conditional_t<sizeof(Stored) == 4, std::uint32_t, std::uint64_t>>>;
    Tensor result(dtypeOf<Target>, shape);
    const std::uint8_t* source = raw.as<std::uint8_t>().data();
    for (Target& target : result.as<Target>()) {
        Bits bits = 0;
        for (std::size_t byte = 0; byte < sizeof(Stored); ++byte)
            bits = static_cast<Bits>(static_cast<std::uint64_t>(bits) << 8 | *source++);
        target = static_cast<Target>(std::bit_cast<Stored>(bits));
    }
    return result;
}

// shape: of the result, as many elements as the header's.
Tensor readElements(ByteStream& stream, const IdxHeader& header, const Shape& shape, const Progress& progress) {
    checkClaim(stream, header);
    const bool bytes = header.type == IdxType::UnsignedByte;
    const Tensor raw = readRaw(stream, header, bytes ? shape : Shape{header.bytes}, progress);
    switch (header.type) {
        case IdxType::UnsignedByte:
            return raw;
        case IdxType::SignedByte:
            return converted<std::int8_t, std::int32_t>(raw, shape);
        case IdxType::Short:
            return converted<std::int16_t, std::int32_t>(raw, shape);
        case IdxType::Int:
            return converted<std::int32_t, std::int32_t>(raw, shape);
        case IdxType::Float:
            return converted<float, float>(raw, shape);
        case IdxType::Double:
            return converted<double, float>(raw, shape);
    }
    return raw;
}

// The shape as a network sees it: greyscale images get their channel.
Shape withChannel(const Shape& shape) {
    if (shape.rank() != 3) return shape;
    return {shape[0], 1, shape[1], shape[2]};
}
}  // namespace

Tensor readIdx(const std::filesystem::path& file, const Progress& progress) {
    ByteStream stream(file);
    const IdxHeader header = readHeader(stream);
    return readElements(stream, header, header.shape, progress);
}

Tensor readIdxImages(const std::filesystem::path& file, const Progress& progress) {
    ByteStream stream(file);
    const IdxHeader header = readHeader(stream);
    if (header.shape.rank() < 2) {
        throw Error("holds one number a sample (" + header.shape.toString() + "), images are expected", stream.name(),
                    "These look like labels: choose the images file here, such as train-images-idx3-ubyte.gz.");
    }
    Tensor tensor = readElements(stream, header, withChannel(header.shape), progress);
    if (tensor.dtype() == DType::Int32) tensor = tensor.cast(DType::Float32);
    if (tensor.dtype() == DType::Float32) {
        const auto values = tensor.as<const float>();
        const auto bad = std::ranges::find_if(values, [](float value) { return !std::isfinite(value); });
        if (bad != values.end()) {
            const std::int64_t sample = (bad - values.begin()) / tensor.shape().slice(1).elements();
            throw Error("sample " + std::to_string(sample) + " holds a value that is not a finite number",
                        stream.name(), "Replace or remove that sample.");
        }
    }
    return tensor;
}

Tensor readIdxLabels(const std::filesystem::path& file, const Progress& progress) {
    ByteStream stream(file);
    const IdxHeader header = readHeader(stream);
    if (header.shape.rank() != 1) {
        throw Error("holds " + header.shape.toString() + " elements, one label a sample is expected", stream.name(),
                    "These look like images: choose the labels file here, such as train-labels-idx1-ubyte.gz.");
    }
    if (header.type == IdxType::Float || header.type == IdxType::Double) {
        throw Error("holds real numbers, whole class numbers are expected", stream.name(), "Choose a labels file.");
    }
    Tensor labels = readElements(stream, header, header.shape, progress);
    if (labels.dtype() == DType::UInt8) labels = labels.cast(DType::Int32);
    const auto values = labels.as<const std::int32_t>();
    const auto bad = std::ranges::find_if(values, [](std::int32_t value) { return value < 0 || value >= kMaxClasses; });
    if (bad != values.end()) {
        throw Error("label " + std::to_string(bad - values.begin()) + " is " + std::to_string(*bad) +
                        ", class numbers from 0 to 65535 are expected",
                    stream.name(), "Choose a labels file with one class number a sample.");
    }
    return labels;
}

}  // namespace gradlens
