// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/axis_ticks.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace gradlens {

namespace {
std::string formatted(const char* format, int precision, double value) {
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), format, precision, value);
    return text.data();
}

// As many decimals as the interval has: 0.25 -> 2.
int decimalsOf(double interval) {
    int decimals = 0;
    for (double scaled = std::abs(interval); decimals < 20 && std::abs(scaled - std::round(scaled)) > 1e-6 * scaled;
         ++decimals)
        scaled *= 10;
    return decimals;
}

std::string withoutTrailingZeros(std::string text) {
    if (text.find('.') == std::string::npos) return text;
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
    return text;
}

// "150", "15k", "1.5M".
std::string countLabel(double value, double interval) {
    struct Unit {
        double size;
        const char* suffix;
    };
    for (const Unit unit : {Unit{1e9, "G"}, Unit{1e6, "M"}, Unit{1e3, "k"}})
        if (std::abs(value) >= unit.size && interval >= unit.size / 1000) {
            const int decimals = decimalsOf(interval / unit.size);
            if (decimals <= 3)
                return withoutTrailingZeros(formatted("%.*f", decimals, value / unit.size)) + unit.suffix;
        }
    return formatted("%.*f", decimalsOf(interval), value);
}

std::string tickLabel(double value, double interval, AxisUnit unit) {
    if (std::abs(value) < interval * 1e-9) value = 0;  // and never "-0"
    switch (unit) {
        case AxisUnit::Seconds:
            return durationText(value);
        case AxisUnit::Count:
            return countLabel(value, interval);
        case AxisUnit::Percent:
            return formatted("%.*f", decimalsOf(interval * 100), value * 100) + " %";
        case AxisUnit::Number:
            break;
    }
    if (value != 0 && (interval < 1e-4 || std::abs(value) >= 1e6)) {
        // Enough digits to tell neighbours apart.
        const int digits =
            static_cast<int>(std::floor(std::log10(std::abs(value)) + 1e-9) - std::floor(std::log10(interval) + 1e-9));
        return formatted("%.*e", std::clamp(digits, 0, 15), value);
    }
    return formatted("%.*f", decimalsOf(interval), value);
}

double secondsInterval(double span, int most) {
    for (const double interval :
         {1., 2., 5., 10., 15., 30., 60., 120., 300., 600., 900., 1800., 3600., 7200., 14400., 21600., 43200., 86400.})
        if (span / interval <= most) return interval;
    return 86400 * niceInterval(0, span / 86400, most);
}

std::string logLabel(double value, AxisUnit unit) {
    if (unit == AxisUnit::Percent) return withoutTrailingZeros(formatted("%.*f", 6, value * 100)) + " %";
    if (value >= 1e6 || value < 1e-4) {
        std::array<char, 32> text{};
        std::snprintf(text.data(), text.size(), "%.0e", value);
        return text.data();
    }
    return withoutTrailingZeros(formatted("%.*f", 8, value));
}
}  // namespace

double niceInterval(double low, double high, int most) {
    const double raw = std::max((high - low) / std::max(most, 1), 1e-300);
    const double power = std::pow(10.0, std::floor(std::log10(raw)));
    for (const double factor : {1.0, 2.0, 5.0})
        if (factor * power >= raw * (1 - 1e-9)) return factor * power;
    return 10 * power;
}

std::vector<AxisTick> linearTicks(double low, double high, int most, AxisUnit unit) {
    std::vector<AxisTick> ticks;
    if (!(high > low) || !std::isfinite(high - low)) return ticks;
    double interval = niceInterval(low, high, most);
    if (unit == AxisUnit::Count) interval = std::max(interval, 1.0);
    if (unit == AxisUnit::Seconds && high - low > most) interval = secondsInterval(high - low, most);
    const double slack = (high - low) * 1e-9;
    const double first = std::ceil((low - slack) / interval);
    const double last = std::floor((high + slack) / interval);
    if (last - first > 1000) return ticks;
    for (double i = first; i <= last; ++i) {
        const double value = i * interval;
        std::string label = tickLabel(value, interval, unit);
        if (unit == AxisUnit::Seconds && interval < 1) label = formatted("%.*f", decimalsOf(interval), value) + " s";
        ticks.push_back({value, std::move(label)});
    }
    return ticks;
}

std::vector<AxisTick> logTicks(double low, double high, int most, AxisUnit unit) {
    std::vector<AxisTick> ticks;
    if (!(high > low) || !std::isfinite(high - low)) return ticks;
    const double slack = (high - low) * 1e-9;
    const double decades = high - low;
    // Below about half a decade a log axis is nearly linear: linear ticks read best.
    if (decades < 0.7) {
        const double from = std::pow(10, low), to = std::pow(10, high);
        for (AxisTick& tick : linearTicks(from, to, most, unit == AxisUnit::Percent ? unit : AxisUnit::Number))
            if (tick.position > 0) ticks.push_back({std::log10(tick.position), std::move(tick.label)});
        return ticks;
    }
    static const std::vector<std::vector<double>> kDensities{
        {1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 2, 3, 5, 7}, {1, 2, 5}, {1, 3}, {1}};
    const std::vector<double>* factors = &kDensities.back();
    for (const auto& density : kDensities)
        if (decades * static_cast<double>(density.size()) <= most + 1) {
            factors = &density;
            break;
        }
    const double everyDecades = std::max(1.0, std::ceil(decades / std::max(most, 1)));
    for (double decade = std::floor(low); decade <= high; ++decade) {
        if (std::fmod(std::abs(decade), everyDecades) != 0) continue;
        for (const double factor : *factors) {
            const double position = decade + std::log10(factor);
            if (position >= low - slack && position <= high + slack)
                ticks.push_back({position, logLabel(factor * std::pow(10, decade), unit)});
        }
    }
    return ticks;
}

void widenToTicks(double& low, double& high, int most) {
    const double interval = niceInterval(low, high, most);
    low = std::floor(low / interval + 1e-9) * interval;
    high = std::ceil(high / interval - 1e-9) * interval;
}

std::string valueText(double value, AxisUnit unit) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
    if (unit == AxisUnit::Percent) return formatted("%.*f", 2, value * 100) + " %";
    if (unit == AxisUnit::Count) return groupedText(std::llround(value));
    if (unit == AxisUnit::Seconds) return durationText(value);
    const double size = std::abs(value);
    if (size != 0 && (size < 1e-4 || size >= 1e6)) return formatted("%.*e", 3, value);
    const int before = size < 1 ? 0 : static_cast<int>(std::floor(std::log10(size))) + 1;
    return formatted("%.*f", std::max(0, size < 1 ? 4 : 4 - before), value);
}

std::string groupedText(std::int64_t value) {
    std::string text = std::to_string(value);
    const std::int64_t begin = value < 0 ? 1 : 0;
    for (std::int64_t i = static_cast<std::int64_t>(text.size()) - 3; i > begin; i -= 3)
        text.insert(static_cast<std::size_t>(i), ",");
    return text;
}

std::string durationText(double seconds) {
    const auto whole = static_cast<std::int64_t>(std::llround(seconds));
    std::array<char, 64> text{};
    if (whole < 60) {
        std::snprintf(text.data(), text.size(), "%d s", static_cast<int>(whole));
    } else if (whole < 3600) {
        std::snprintf(text.data(), text.size(), "%d:%02d", static_cast<int>(whole / 60), static_cast<int>(whole % 60));
    } else {
        std::snprintf(text.data(), text.size(), "%lld:%02d:%02d", static_cast<long long>(whole / 3600),
                      static_cast<int>(whole / 60 % 60), static_cast<int>(whole % 60));
    }
    return text.data();
}

}  // namespace gradlens
