// SPDX-License-Identifier: GPL-3.0-or-later
// One curve of a chart: follows a ScalarSeries of a running trainer, keeps pyramids of its raw and smoothed values, and
// answers what a pixel column shows. One owner, one thread (the writer may append meanwhile); no Qt.
#pragma once
#include "core/train/scalar_log.h"
#include "ui/train/series_pyramid.h"

#include <cstdint>
#include <optional>

namespace gradlens {

// What the horizontal axis counts.
enum class CurveAxis { Step, Epoch, Time };

// Exponential moving average with the start-up bias taken out: s_n = w s_{n-1} + (1-w) x_n, shown as s_n / (1 - w^n)
// (Kingma and Ba 2015, section 3). What is not finite is shown as it is and leaves the average alone.
class Smoother {
public:
    explicit Smoother(double weight = 0) : m_weight(weight) {}
    double next(double value);

private:
    double m_weight;
    double m_sum = 0, m_bias = 1;
};

class Curve {
public:
    // The series may be null until the run has it. It must outlive its use here.
    void setSeries(const ScalarSeries* series);
    const ScalarSeries* series() const { return m_series; }

    // Takes what is new, at most `budget` values' worth of work (new points first, then a smoothing under way).
    // True when something changed.
    bool update(std::int64_t budget);
    // 0: no smoothing. A new weight is worked out by the following update()s; until it is done the old curve stays.
    void setSmoothing(double weight);
    bool smoothed() const { return m_shownWeight > 0; }
    bool busy() const;  // update() has more to do

    std::int64_t size() const { return m_raw.size(); }
    const SeriesPyramid& raw() const { return m_raw; }
    const SeriesPyramid& shown() const { return smoothed() ? m_smooth : m_raw; }
    const ScalarPoint& point(std::int64_t index) const { return (*m_series)[index]; }

    // Position of a point on the axis; stepsPerEpoch > 0.
    double x(std::int64_t index, CurveAxis axis, double stepsPerEpoch) const;
    // The first point at or beyond x; size() when there is none. Points lie in ascending order on every axis. A good
    // hint makes it take next to no time.
    std::int64_t lowerBound(double x, CurveAxis axis, double stepsPerEpoch, std::int64_t hint = 0) const;
    // The last point at or before x.
    std::optional<std::int64_t> at(double x, CurveAxis axis, double stepsPerEpoch) const;

private:
    const ScalarSeries* m_series = nullptr;
    SeriesPyramid m_raw, m_smooth, m_next;
    Smoother m_smoother, m_nextSmoother;
    double m_shownWeight = 0, m_wantedWeight = 0;
};

}  // namespace gradlens
