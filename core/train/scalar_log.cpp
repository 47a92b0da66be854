// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/scalar_log.h"

#include <bit>
#include <cassert>

namespace gradlens {

namespace {
// Chunk k holds kFirst * 2^k points; index i lies in the chunk where i / kFirst + 1 has its highest bit.
struct Place {
    int chunk;
    std::int64_t offset;
};

Place placeOf(std::int64_t index, int firstChunkBits) {
    const auto scaled = static_cast<std::uint64_t>(index) + (std::uint64_t{1} << firstChunkBits);
    const int bit = std::bit_width(scaled) - 1;
    return {bit - firstChunkBits, static_cast<std::int64_t>(scaled - (std::uint64_t{1} << bit))};
}
}  // namespace

ScalarSeries::ScalarSeries(std::string name) : m_name(std::move(name)) {}

ScalarSeries::~ScalarSeries() {
    for (auto& chunk : m_chunks) std::unique_ptr<ScalarPoint[]>(chunk.load(std::memory_order_relaxed)).reset();
}

void ScalarSeries::append(const ScalarPoint& point) {
    const std::int64_t index = m_size.load(std::memory_order_relaxed);
    const Place place = placeOf(index, kFirstChunkBits);
    auto& chunk = m_chunks[static_cast<std::size_t>(place.chunk)];
    ScalarPoint* points = chunk.load(std::memory_order_relaxed);
    if (points == nullptr) {
        points = std::make_unique<ScalarPoint[]>(std::size_t{1} << (kFirstChunkBits + place.chunk)).release();
        chunk.store(points, std::memory_order_relaxed);
    }
    points[place.offset] = point;
    m_size.store(index + 1, std::memory_order_release);
}

const ScalarPoint& ScalarSeries::operator[](std::int64_t index) const {
    assert(index >= 0 && index < size());
    const Place place = placeOf(index, kFirstChunkBits);
    return m_chunks[static_cast<std::size_t>(place.chunk)].load(std::memory_order_relaxed)[place.offset];
}

ScalarLog::ScalarLog() : m_series(std::make_unique<std::array<std::unique_ptr<ScalarSeries>, kMaxSeries>>()) {}
ScalarLog::~ScalarLog() = default;

ScalarSeries& ScalarLog::series(std::string_view name) {
    const std::int64_t count = m_count.load(std::memory_order_relaxed);
    for (std::int64_t i = 0; i < count; ++i)
        if (auto& series = (*m_series)[static_cast<std::size_t>(i)]; series->name() == name) return *series;
    assert(count < kMaxSeries);
    auto& slot = (*m_series)[static_cast<std::size_t>(count)];
    slot = std::make_unique<ScalarSeries>(std::string(name));
    m_count.store(count + 1, std::memory_order_release);
    return *slot;
}

const ScalarSeries& ScalarLog::at(std::int64_t index) const {
    assert(index >= 0 && index < count());
    return *(*m_series)[static_cast<std::size_t>(index)];
}

const ScalarSeries* ScalarLog::find(std::string_view name) const {
    for (std::int64_t i = 0; i < count(); ++i)
        if (at(i).name() == name) return &at(i);
    return nullptr;
}

}  // namespace gradlens
