// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tensor/buffer_pool.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <new>

namespace gradlens {

namespace {
constexpr std::size_t kDefaultKeepBytes = std::size_t{256} << 20;

struct Free {
    void operator()(std::byte* memory) const { ::operator delete(memory, std::align_val_t{BufferPool::kAlignment}); }
};
using Owned = std::unique_ptr<std::byte, Free>;

Owned allocateAligned(std::size_t bytes) {
    return Owned(static_cast<std::byte*>(
        ::operator new(std::max<std::size_t>(bytes, 1), std::align_val_t{BufferPool::kAlignment})));
}
}  // namespace

struct BufferPool::Shelf {
    std::mutex mutex;
    std::multimap<std::size_t, Owned> free;
    std::size_t freeBytes = 0;
    std::size_t keepBytes = kDefaultKeepBytes;

    void put(std::byte* memory, std::size_t bytes) {
        Owned owned(memory);
        const std::lock_guard lock(mutex);
        if (freeBytes + bytes > keepBytes) return;
        free.emplace(bytes, std::move(owned));
        freeBytes += bytes;
    }
};

BufferPool::BufferPool() : m_shelf(std::make_shared<Shelf>()) {}

BufferPool::BufferPool(std::size_t keepBytes) : BufferPool() {
    m_shelf->keepBytes = keepBytes;
}

Buffer BufferPool::allocate(std::size_t bytes) {
    Owned memory;
    std::size_t capacity = (bytes + kAlignment - 1) / kAlignment * kAlignment;
    {
        const std::lock_guard lock(m_shelf->mutex);
        // A buffer up to twice as large is still a good fit.
        const auto found = m_shelf->free.lower_bound(capacity);
        if (found != m_shelf->free.end() && found->first <= 2 * capacity) {
            capacity = found->first;
            memory = std::move(found->second);
            m_shelf->free.erase(found);
            m_shelf->freeBytes -= capacity;
        }
    }
    if (!memory) memory = allocateAligned(capacity);
    std::weak_ptr<Shelf> shelf = m_shelf;
    return Buffer(memory.release(), [shelf = std::move(shelf), capacity](std::byte* bytesBack) {
        if (const auto alive = shelf.lock()) {
            alive->put(bytesBack, capacity);
        } else {
            Free()(bytesBack);
        }
    });
}

std::size_t BufferPool::freeBytes() const {
    const std::lock_guard lock(m_shelf->mutex);
    return m_shelf->freeBytes;
}

Buffer allocateBuffer(std::size_t bytes) {
    return Buffer(allocateAligned(bytes).release(), Free());
}

}  // namespace gradlens
