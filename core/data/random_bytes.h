// SPDX-License-Identifier: GPL-3.0-or-later
// Bytes that are read from any place in any order: a file too large for memory, a part of one, or memory. Immutable;
// any thread.
#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace gradlens {

class RandomBytes {
public:
    virtual ~RandomBytes() = default;
    virtual std::int64_t size() const = 0;
    // Fills `target` from `offset` on. Throws Error (name(), `what`: "sample 12") when the bytes are not there.
    virtual void read(std::int64_t offset, std::span<std::byte> target, const std::string& what) const = 0;
    virtual const std::string& name() const = 0;  // for messages: the path
};

// An ordinary file, kept open. Throws Error: not there, a folder, not readable.
std::shared_ptr<const RandomBytes> openBytes(const std::filesystem::path& file);
// `size` bytes of another from `offset` on; both lie within it.
std::shared_ptr<const RandomBytes> partOf(std::shared_ptr<const RandomBytes> whole, std::int64_t offset,
                                          std::int64_t size, std::string name);
std::shared_ptr<const RandomBytes> bytesInMemory(std::vector<std::byte> bytes, std::string name);

}  // namespace gradlens
