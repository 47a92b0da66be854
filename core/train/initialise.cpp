// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/initialise.h"

#include <algorithm>
#include <cmath>

namespace gradlens {

namespace {
constexpr std::int64_t kGrain = 1 << 12;  // a normal draw costs tens of nanoseconds

template <class Draw>
void fill(const Arena& arena, const TensorView& target, Draw draw) {
    dispatchReal(target.dtype(), [&]<class T>() {
        const auto values = target.as<T>();
        arena.forRange(target.elements(), kGrain, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i)
                values[static_cast<std::size_t>(i)] = static_cast<T>(draw(static_cast<std::uint64_t>(i)));
        });
    });
}
}  // namespace

void initialise(const Arena& arena, const ParameterSpec& spec, const Random& random, const TensorView& target) {
    const auto fanIn = static_cast<double>(std::max<std::int64_t>(spec.fanIn, 1));
    const double fanSum = std::max(fanIn + static_cast<double>(spec.fanOut), 1.0);
    const auto normal = [&](double deviation) {
        fill(arena, target, [&](std::uint64_t i) { return deviation * random.normal(i); });
    };
    const auto uniform = [&](double limit) {
        fill(arena, target, [&](std::uint64_t i) { return limit * (2 * random.uniform(i) - 1); });
    };
    switch (spec.initializer) {
        case Initializer::Zeros:
            fill(arena, target, [](std::uint64_t) { return 0.0; });
            break;
        case Initializer::Ones:
            fill(arena, target, [](std::uint64_t) { return 1.0; });
            break;
        case Initializer::Normal:
            normal(spec.scale);
            break;
        case Initializer::GlorotUniform:
            uniform(spec.scale * std::sqrt(6 / fanSum));
            break;
        case Initializer::GlorotNormal:
            normal(spec.scale * std::sqrt(2 / fanSum));
            break;
        case Initializer::HeUniform:
            uniform(spec.scale * std::sqrt(6 / fanIn));
            break;
        case Initializer::HeNormal:
            normal(spec.scale * std::sqrt(2 / fanIn));
            break;
        case Initializer::Uniform:
            uniform(spec.scale);
            break;
    }
}

}  // namespace gradlens
