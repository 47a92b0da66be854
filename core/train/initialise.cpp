// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/initialise.h"

#include "core/kernels/orthogonal.h"
#include "core/train/initial_file.h"

#include <algorithm>
#include <cmath>
#include <vector>

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

// A draw beyond the cut is replaced by one of the next round, which has counters of its own.
double truncatedNormal(const Random& random, std::uint64_t index, std::uint64_t count) {
    constexpr double kCut = 2;
    for (;; index += count)
        if (const double drawn = random.normal(index); std::abs(drawn) <= kCut) return drawn;
}

void orthogonal(const Arena& arena, double gain, const Random& random, const TensorView& target) {
    const Shape& shape = target.shape();
    if (target.elements() == 0) return;
    const std::int64_t rows = shape.rank() > 0 ? shape[0] : 1, columns = target.elements() / rows;
    const bool ofRows = rows <= columns;
    const std::int64_t vectors = std::min(rows, columns), length = std::max(rows, columns);
    // Where element `e` of vector `v` lies.
    const auto place = [=](std::int64_t v, std::int64_t e) {
        return static_cast<std::uint64_t>(ofRows ? v * columns + e : e * columns + v);
    };
    std::vector<double> drawn(static_cast<std::size_t>(target.elements())), basis(drawn.size());
    arena.forRange(target.elements(), kGrain, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i)
            drawn[static_cast<std::size_t>(i)] = random.normal(place(i / length, i % length));
    });
    orthonormalise(arena, vectors, length, drawn.data(), basis.data());
    dispatchReal(target.dtype(), [&]<class T>() {
        const auto values = target.as<T>();
        for (std::int64_t i = 0; i < target.elements(); ++i)
            values[place(i / length, i % length)] = static_cast<T>(gain * basis[static_cast<std::size_t>(i)]);
    });
}
}  // namespace

void initialise(const Arena& arena, const ParameterSpec& spec, const Random& random, const TensorView& target,
                const std::string& parameter, const std::filesystem::path& folder) {
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
        case Initializer::TruncatedNormal:
            fill(arena, target, [&](std::uint64_t i) {
                return spec.scale * truncatedNormal(random, i, static_cast<std::uint64_t>(target.elements()));
            });
            break;
        case Initializer::Orthogonal:
            orthogonal(arena, spec.scale, random, target);
            break;
        case Initializer::Constant:
            fill(arena, target, [&](std::uint64_t) { return spec.scale; });
            break;
        case Initializer::File:
            readInitialValues(folder / spec.file, spec.fileTensor, parameter, target);
            break;
    }
}

}  // namespace gradlens
