// SPDX-License-Identifier: GPL-3.0-or-later
// Where an axis puts its ticks and what it writes beside them. Pure functions; no Qt.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace gradlens {

struct AxisTick {
    double position = 0;  // in axis units (on a log axis: the value's base-10 logarithm)
    std::string label;    // never the same for two ticks of an axis; empty: a grid line only
    friend bool operator==(const AxisTick&, const AxisTick&) = default;
};

enum class AxisUnit { Number, Percent, Count, Seconds };

// 1, 2 or 5 times a power of ten: the least such interval that cuts [low, high] into at most `most` pieces.
double niceInterval(double low, double high, int most);
// Ticks inside [low, high] for a linear axis. Count never splits a whole number, Seconds falls on minutes and hours.
std::vector<AxisTick> linearTicks(double low, double high, int most, AxisUnit unit);
// Ticks inside [low, high], both logarithms: decades, and between them 2 and 5 or more when there is room.
std::vector<AxisTick> logTicks(double low, double high, int most, AxisUnit unit);
// [low, high] widened to whole intervals, so that an axis that follows its data moves seldom.
void widenToTicks(double& low, double& high, int most);

// For read-outs: four significant digits, "nan", "inf", "1.2e-05"; percentages with two decimals.
std::string valueText(double value, AxisUnit unit);
// "1,234,567".
std::string groupedText(std::int64_t value);
// "7 s", "3:05", "2:03:05".
std::string durationText(double seconds);

}  // namespace gradlens
