// SPDX-License-Identifier: GPL-3.0-or-later
// One TBB arena. Work is cut into tiles that the caller chooses from shapes, never from the number of threads, so
// the same tiles run, and reductions combine in the same order, however many threads there are.
// Denormals are flushed on every thread while it works in the arena.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <type_traits>
#include <vector>

namespace gradlens {

// Flushes denormals to zero (and reads them as zero) on the calling thread for as long as it lives.
class FlushDenormals {
public:
    FlushDenormals();
    ~FlushDenormals();
    FlushDenormals(const FlushDenormals&) = delete;
    FlushDenormals& operator=(const FlushDenormals&) = delete;

private:
    unsigned m_previous;
};

// A body for one tile, without allocation (a reference to the caller's callable; valid for the call only).
class TileBody {
public:
    template <class F>
        requires(!std::is_same_v<std::remove_cvref_t<F>, TileBody>)
    TileBody(F&& body)  // NOLINT: implicit by design
        : m_object(const_cast<void*>(static_cast<const void*>(&body))),
          m_call([](void* object, std::int64_t tile) { (*static_cast<std::remove_reference_t<F>*>(object))(tile); }) {}
    void operator()(std::int64_t tile) const { m_call(m_object, tile); }

private:
    void* m_object;
    void (*m_call)(void*, std::int64_t);
};

// Made on one thread, used by one thread at a time (nested calls from within a body run serially).
class Arena {
public:
    // threads >= 1; 0 means all the cores this process may use.
    explicit Arena(int threads = 0);
    ~Arena();
    Arena(const Arena&) = delete;
    Arena& operator=(const Arena&) = delete;

    int threads() const;

    // body(tile) for tile in [0, count), each once, in any order on any thread. Exceptions reach the caller.
    void forTiles(std::int64_t count, TileBody body) const;

    // body(begin, end) over [0, count) cut every `grain` elements. The cuts depend on count and grain only.
    template <class F>
    void forRange(std::int64_t count, std::int64_t grain, F&& body) const {
        if (count <= grain) {
            if (count > 0) body(std::int64_t{0}, count);
            return;
        }
        forTiles((count + grain - 1) / grain, [&](std::int64_t tile) {
            const std::int64_t begin = tile * grain;
            body(begin, begin + grain < count ? begin + grain : count);
        });
    }

    // combine(...combine(combine(identity, map(0)), map(1))..., map(count-1)): tiles in parallel, combination in order.
    template <class T, class Map, class Combine>
    T reduceTiles(std::int64_t count, T identity, Map&& map, Combine&& combine) const {
        std::vector<T> parts(static_cast<std::size_t>(count), identity);
        forTiles(count, [&](std::int64_t tile) { parts[static_cast<std::size_t>(tile)] = map(tile); });
        T result = std::move(identity);
        for (T& part : parts) result = combine(std::move(result), std::move(part));
        return result;
    }

    // Aligned memory of the worker that calls, at least `bytes` large, for use within one tile: the next tile on this
    // worker gets the same memory. Contents are whatever was left there.
    std::byte* workerScratch(std::size_t bytes) const;

    // A task that runs beside what the owner does next (prefetch). The returned handle's wait() joins it and rethrows.
    class Task {
    public:
        Task();
        ~Task();  // waits
        Task(Task&&) noexcept;
        Task& operator=(Task&&) noexcept;
        void wait();

    private:
        friend class Arena;
        struct Impl;
        std::unique_ptr<Impl> m_impl;
    };
    Task enqueue(std::function<void()> work) const;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace gradlens
