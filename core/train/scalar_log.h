// SPDX-License-Identifier: GPL-3.0-or-later
// Out-channel 1: every scalar of a run, append-only, nothing lost, NaN included. One writer (the trainer thread)
// publishes a count; any number of readers take what is new without a lock.
#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace gradlens {

struct ScalarPoint {
    std::int64_t step = 0;  // updates done when it was measured
    double seconds = 0;     // training time since the run began
    double value = 0;
};

// One curve. Chunks double in size, never move and are never freed before the series.
class ScalarSeries {
public:
    explicit ScalarSeries(std::string name);
    ~ScalarSeries();
    ScalarSeries(const ScalarSeries&) = delete;
    ScalarSeries& operator=(const ScalarSeries&) = delete;

    const std::string& name() const { return m_name; }
    // Writer only.
    void append(const ScalarPoint& point);
    // Points published so far; those below it never change.
    std::int64_t size() const { return m_size.load(std::memory_order_acquire); }
    // index < size().
    const ScalarPoint& operator[](std::int64_t index) const;

private:
    static constexpr int kFirstChunkBits = 10;
    static constexpr int kChunks = 40;
    std::string m_name;
    std::array<std::atomic<ScalarPoint*>, kChunks> m_chunks{};
    std::atomic<std::int64_t> m_size{0};
};

// The series of a run, by name: "train/loss", "train/accuracy", "validation/loss", "validation/accuracy",
// "learning_rate", "samples_per_second". A series, once seen, stays where it is.
class ScalarLog {
public:
    ScalarLog();
    ~ScalarLog();
    // Writer only: the series of that name, made when it is new.
    ScalarSeries& series(std::string_view name);
    // Readers: how many there are, and each.
    std::int64_t count() const { return m_count.load(std::memory_order_acquire); }
    const ScalarSeries& at(std::int64_t index) const;
    const ScalarSeries* find(std::string_view name) const;

private:
    static constexpr std::int64_t kMaxSeries = 4096;
    std::unique_ptr<std::array<std::unique_ptr<ScalarSeries>, kMaxSeries>> m_series;
    std::atomic<std::int64_t> m_count{0};
};

}  // namespace gradlens
