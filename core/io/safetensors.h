// SPDX-License-Identifier: GPL-3.0-or-later
// Tensors by name in a safetensors file (huggingface/safetensors, README "Format"): 8 bytes with the length of the
// header, the header as JSON, the elements without a gap. Written atomically; read as if the file were hostile: every
// number is checked against the file before anything is allocated. float32, float64, int32 and uint8.
#pragma once
#include "core/tensor/tensor.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gradlens {

using SafetensorsMetadata = std::map<std::string, std::string>;

struct NamedTensor {
    std::string name;
    TensorView tensor;
};

// Streams the tensors to the file, wider element types first so that every element is aligned; the first starts at a
// multiple of 64 bytes. Names must differ, be UTF-8 and not be "__metadata__". Throws Error; an existing file is then
// as it was.
void writeSafetensors(const std::filesystem::path& file, std::span<const NamedTensor> tensors,
                      const SafetensorsMetadata& metadata = {});

struct SafetensorsEntry {
    std::string name;
    DType dtype = DType::Float32;
    Shape shape;
    std::uint64_t begin = 0, end = 0;  // bytes from the start of the data
};

// An open file whose header was read and found sound. One owner; const functions from any thread.
class SafetensorsReader {
public:
    static constexpr std::uint64_t kMaxHeaderBytes = 100'000'000;  // as the reference implementation
    static constexpr std::size_t kMaxTensors = 100'000;

    // Throws Error that names the file, what is wrong with it and what to do.
    explicit SafetensorsReader(std::filesystem::path file);
    ~SafetensorsReader();
    SafetensorsReader(const SafetensorsReader&) = delete;
    SafetensorsReader& operator=(const SafetensorsReader&) = delete;

    const SafetensorsMetadata& metadata() const { return m_metadata; }
    std::span<const SafetensorsEntry> entries() const { return m_entries; }  // in the order of their data
    // Null when there is no tensor of that name.
    const SafetensorsEntry* find(std::string_view name) const;
    // The elements of an entry of this reader. Throws Error.
    Tensor read(const SafetensorsEntry& entry) const;
    // The same into memory of the entry's dtype and element count.
    void readInto(const SafetensorsEntry& entry, const TensorView& target) const;

private:
    void readHeader();
    void readAt(std::uint64_t offset, std::span<std::byte> bytes) const;

    std::filesystem::path m_file;
    int m_descriptor = -1;
    std::uint64_t m_dataStart = 0;
    SafetensorsMetadata m_metadata;
    std::vector<SafetensorsEntry> m_entries;
    std::map<std::string, std::size_t, std::less<>> m_byName;
};

// The whole file in memory.
struct SafetensorsContents {
    SafetensorsMetadata metadata;
    std::vector<std::pair<std::string, Tensor>> tensors;
    const Tensor* find(std::string_view name) const;
};
SafetensorsContents readSafetensors(const std::filesystem::path& file);

}  // namespace gradlens
