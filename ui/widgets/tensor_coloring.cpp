// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/tensor_coloring.h"

#include "ui/theme/theme.h"

#include <algorithm>
#include <cmath>

namespace gradlens {

namespace {
constexpr std::int64_t kPercentileSample = 1 << 14;  // elements an automatic range looks at

// An even stride through a tensor: enough to find percentiles, in a fraction of the time.
Tensor sampled(const TensorView& tensor) {
    const std::int64_t stride = std::max<std::int64_t>(1, tensor.elements() / kPercentileSample);
    Tensor sample(DType::Float64, Shape{(tensor.elements() + stride - 1) / stride});
    const auto values = sample.as<double>();
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = tensor.at(static_cast<std::int64_t>(i) * stride);
    return sample;
}
}  // namespace

Coloring withThemeColors(Coloring coloring) {
    const Theme& theme = Theme::instance();
    coloring.notANumber = theme.color(ThemeColor::NotANumber).rgb();
    coloring.positiveInfinite = theme.color(ThemeColor::PositiveInfinite).rgb();
    coloring.negativeInfinite = theme.color(ThemeColor::NegativeInfinite).rgb();
    coloring.gap = 0;
    return coloring;
}

ColorMap automaticMap(bool isSigned, const Statistics& statistics) {
    return isSigned || statistics.negatives > 0 ? ColorMap::Diverging : ColorMap::Viridis;
}

std::pair<double, double> automaticRange(const TensorView& tensor, const Statistics& statistics, ColorMap map,
                                         double elementsPerPixel) {
    double low = statistics.min, high = statistics.max;
    if (tensor && tensor.elements() > 0) {
        const double cutOff = 0.005 / std::max(1.0, elementsPerPixel);
        const std::vector<double> cut = percentilesOf(sampled(tensor).view(), {cutOff, 1 - cutOff});
        // Percentiles say nothing of a tensor that is nearly all zeros.
        if (cut.size() == 2 && cut[1] > cut[0]) {
            low = cut[0];
            high = cut[1];
        }
    }
    if (map == ColorMap::Diverging) {
        const double reach = std::max(std::abs(low), std::abs(high));
        low = -reach;
        high = reach;
    }
    if (!(high > low)) {
        const double room = std::max(std::abs(low) * 0.5, 1e-6);
        low -= room;
        high += room;
    }
    return {low, high};
}

}  // namespace gradlens
