// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/parallel/arena.h"

#include <tbb/global_control.h>
#include <tbb/info.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>
#include <tbb/task_group.h>
#include <tbb/task_scheduler_observer.h>

#include <algorithm>
#include <new>
#include <optional>
#include <xmmintrin.h>

namespace gradlens {

namespace {
constexpr std::size_t kScratchAlignment = 64;
constexpr unsigned kFlushToZeroAndDenormalsAreZero = 0x8040;

class FlushOnEntry : public tbb::task_scheduler_observer {
public:
    explicit FlushOnEntry(tbb::task_arena& arena) : tbb::task_scheduler_observer(arena) { observe(true); }
    ~FlushOnEntry() override { observe(false); }
    void on_scheduler_entry(bool) override { _mm_setcsr(_mm_getcsr() | kFlushToZeroAndDenormalsAreZero); }
};

// True while this thread runs a tile: a nested call then stays on the thread.
thread_local bool t_insideTile = false;

struct InsideTile {
    bool previous = t_insideTile;
    InsideTile() { t_insideTile = true; }
    ~InsideTile() { t_insideTile = previous; }
};
}  // namespace

FlushDenormals::FlushDenormals() : m_previous(_mm_getcsr()) {
    _mm_setcsr(m_previous | kFlushToZeroAndDenormalsAreZero);
}

FlushDenormals::~FlushDenormals() {
    _mm_setcsr(m_previous);
}

struct Arena::Impl {
    struct Scratch {
        std::byte* memory = nullptr;
        std::size_t bytes = 0;
        Scratch() = default;
        Scratch(const Scratch&) = delete;
        Scratch& operator=(const Scratch&) = delete;
        ~Scratch() { release(); }
        void release() { ::operator delete(memory, std::align_val_t{kScratchAlignment}); }
    };

    explicit Impl(int threads) : arena(threads), scratch(static_cast<std::size_t>(threads)) {
        // The smallest of all such controls counts, so only arenas that need one make one.
        if (threads > tbb::info::default_concurrency())
            moreThanCores.emplace(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(threads));
        // The arena takes the floating-point settings of the thread that initialises it.
        const FlushDenormals flush;
        arena.initialize();
        observer = std::make_unique<FlushOnEntry>(arena);
    }
    std::optional<tbb::global_control> moreThanCores;
    tbb::task_arena arena;
    std::unique_ptr<FlushOnEntry> observer;
    std::vector<Scratch> scratch;  // one a slot; slot 0 is the owner's
};

Arena::Arena(int threads) : m_impl(std::make_unique<Impl>(threads > 0 ? threads : tbb::info::default_concurrency())) {}
Arena::~Arena() = default;

int Arena::threads() const {
    return m_impl->arena.max_concurrency();
}

void Arena::forTiles(std::int64_t count, TileBody body) const {
    if (count <= 0) return;
    if (count == 1 || threads() == 1 || t_insideTile) {
        const FlushDenormals flush;
        const InsideTile inside;
        for (std::int64_t tile = 0; tile < count; ++tile) body(tile);
        return;
    }
    m_impl->arena.execute([&] {
        const FlushDenormals flush;
        tbb::parallel_for(
            std::int64_t{0}, count,
            [&](std::int64_t tile) {
                const InsideTile inside;
                body(tile);
            },
            tbb::simple_partitioner());
    });
}

std::byte* Arena::workerScratch(std::size_t bytes) const {
    // The owner may run tiles without entering the arena; it then uses the slot reserved for it.
    const int index = tbb::this_task_arena::current_thread_index();
    const bool inside = index >= 0 && static_cast<std::size_t>(index) < m_impl->scratch.size();
    Impl::Scratch& scratch = m_impl->scratch[inside ? static_cast<std::size_t>(index) : 0];
    if (scratch.bytes < bytes) {
        scratch.release();
        scratch.memory = nullptr;
        scratch.bytes = 0;
        scratch.memory = static_cast<std::byte*>(::operator new(bytes, std::align_val_t{kScratchAlignment}));
        scratch.bytes = bytes;
    }
    return scratch.memory;
}

struct Arena::Task::Impl {
    explicit Impl(tbb::task_arena& taskArena) : arena(&taskArena) {}
    tbb::task_arena* arena;
    tbb::task_group group;
    bool pending = true;
};

Arena::Task::Task() = default;
Arena::Task::Task(Task&&) noexcept = default;
Arena::Task& Arena::Task::operator=(Task&& other) noexcept {
    std::swap(m_impl, other.m_impl);
    return *this;
}

Arena::Task::~Task() {
    if (!m_impl || !m_impl->pending) return;
    try {
        wait();
    } catch (...) {  // Nobody asked for the result any more.
    }
}

void Arena::Task::wait() {
    if (!m_impl || !m_impl->pending) return;
    m_impl->pending = false;
    m_impl->arena->execute([this] { m_impl->group.wait(); });
}

Arena::Task Arena::enqueue(std::function<void()> work) const {
    Task task;
    task.m_impl = std::make_unique<Task::Impl>(m_impl->arena);
    auto body = [work = std::move(work)] {
        const InsideTile inside;
        work();
    };
    m_impl->arena.execute([&] { task.m_impl->group.run(std::move(body)); });
    return task;
}

}  // namespace gradlens
