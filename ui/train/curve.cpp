// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/curve.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace gradlens {

double Smoother::next(double value) {
    if (!std::isfinite(value) || m_weight <= 0) return value;
    m_sum = m_weight * m_sum + (1 - m_weight) * value;
    m_bias *= m_weight;
    return m_sum / (1 - m_bias);
}

void Curve::setSeries(const ScalarSeries* series) {
    if (series == m_series) return;
    m_series = series;
    m_raw.clear();
    m_smooth.clear();
    m_next.clear();
    m_shownWeight = 0;
    m_smoother = m_nextSmoother = Smoother(m_wantedWeight);
}

void Curve::setSmoothing(double weight) {
    if (weight == m_wantedWeight) return;
    m_wantedWeight = weight;
    m_next.clear();
    m_nextSmoother = Smoother(weight);
    if (weight <= 0) {
        m_smooth.clear();
        m_shownWeight = 0;
    }
}

bool Curve::busy() const {
    if (m_series != nullptr && m_raw.size() < m_series->size()) return true;
    return m_wantedWeight != m_shownWeight && m_raw.size() > 0;
}

bool Curve::update(std::int64_t budget) {
    if (m_series == nullptr) return false;
    bool changed = false;
    const std::int64_t published = m_series->size();
    for (; m_raw.size() < published && budget > 0; --budget) {
        const double value = (*m_series)[m_raw.size()].value;
        m_raw.append(value);
        if (m_shownWeight > 0) m_smooth.append(m_smoother.next(value));
        changed = true;
    }
    if (m_wantedWeight == m_shownWeight || m_raw.size() == 0) return changed;
    for (; m_next.size() < m_raw.size() && budget > 0; --budget)
        m_next.append(m_nextSmoother.next(m_raw[m_next.size()]));
    if (m_next.size() == m_raw.size()) {
        m_smooth = std::move(m_next);
        m_next = {};
        m_smoother = m_nextSmoother;
        m_shownWeight = m_wantedWeight;
        changed = true;
    }
    return changed;
}

double Curve::x(std::int64_t index, CurveAxis axis, double stepsPerEpoch) const {
    const ScalarPoint& point = (*m_series)[index];
    switch (axis) {
        case CurveAxis::Time:
            return point.seconds;
        case CurveAxis::Epoch:
            return static_cast<double>(point.step) / stepsPerEpoch;
        case CurveAxis::Step:
            break;
    }
    return static_cast<double>(point.step);
}

std::int64_t Curve::lowerBound(double position, CurveAxis axis, double stepsPerEpoch, std::int64_t hint) const {
    const auto isBelow = [&](std::int64_t index) { return x(index, axis, stepsPerEpoch) < position; };
    // Strides away from the hint that double, until the place lies between low and high.
    std::int64_t low = std::clamp<std::int64_t>(hint, 0, size()), high = low;
    for (std::int64_t stride = 1; low > 0 && !isBelow(low - 1); stride *= 2) {
        high = low - 1;
        low = std::max<std::int64_t>(0, low - stride);
    }
    for (std::int64_t stride = 1; high < size() && isBelow(high); stride *= 2) {
        low = high + 1;
        high = std::min(size(), high + stride);
    }
    while (low < high) {
        const std::int64_t middle = low + (high - low) / 2;
        if (isBelow(middle))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

std::optional<std::int64_t> Curve::at(double position, CurveAxis axis, double stepsPerEpoch) const {
    const std::int64_t next = lowerBound(position, axis, stepsPerEpoch);
    if (next < size() && x(next, axis, stepsPerEpoch) == position) return next;
    if (next == 0) return std::nullopt;
    return next - 1;
}

}  // namespace gradlens
