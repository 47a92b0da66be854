// SPDX-License-Identifier: GPL-3.0-or-later
// 64-byte-aligned memory that is handed back and out again instead of to the system. Thread-safe.
#pragma once
#include <cstddef>
#include <memory>

namespace gradlens {

// Shared ownership of aligned bytes; the last owner returns them to the pool they came from (or frees them if that
// pool is gone).
using Buffer = std::shared_ptr<std::byte>;

class BufferPool {
public:
    static constexpr std::size_t kAlignment = 64;

    BufferPool();
    // Keeps at most `keepBytes` of free buffers for reuse.
    explicit BufferPool(std::size_t keepBytes);

    // At least `bytes` bytes, uninitialised. Throws std::bad_alloc.
    Buffer allocate(std::size_t bytes);
    std::size_t freeBytes() const;

private:
    struct Shelf;
    std::shared_ptr<Shelf> m_shelf;
};

// Aligned bytes that belong to no pool.
Buffer allocateBuffer(std::size_t bytes);

}  // namespace gradlens
