// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tensor/statistics.h"

#include "core/base/wide.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <xmmintrin.h>

namespace gradlens {

namespace {
// A piece stays in the first-level cache, for a second sweep where one is needed.
constexpr std::int64_t kPiece = 2048;
constexpr std::int64_t kLanes = 16;
constexpr std::int64_t kSamplesForPercentiles = 1'000'000;

// Denormals as IEEE has them while it lives, whether or not the thread flushes them: the arena's threads do, viewers'
// threads do not, and both must find the same figures.
class KeepDenormals {
public:
    KeepDenormals() : m_previous(_mm_getcsr()) { _mm_setcsr(m_previous & ~0x8040u); }
    ~KeepDenormals() { _mm_setcsr(m_previous); }
    KeepDenormals(const KeepDenormals&) = delete;
    KeepDenormals& operator=(const KeepDenormals&) = delete;

private:
    unsigned m_previous;
};

template <class T>
struct Bits;
template <>
struct Bits<float> {
    using Unsigned = std::uint32_t;
    using Signed = std::int32_t;
    static constexpr Signed kMagnitude = 0x7fffffff, kInfinity = 0x7f800000, kSmallestNormal = 0x00800000;
};
template <>
struct Bits<double> {
    using Unsigned = std::uint64_t;
    using Signed = std::int64_t;
    static constexpr Signed kMagnitude = 0x7fffffffffffffff, kInfinity = 0x7ff0000000000000,
                            kSmallestNormal = 0x0010000000000000;
};

// Vectors of sixteen: both compilers turn them into whatever the processor has.
template <class T>
struct Lanes;
#define GRADLENS_LANES(Type)                                                                       \
    template <>                                                                                    \
    struct Lanes<Type> {                                                                           \
        typedef Type Real __attribute__((vector_size(kLanes * sizeof(Type))));                     \
        typedef Bits<Type>::Signed Whole __attribute__((vector_size(kLanes * sizeof(Type))));      \
        typedef Bits<Type>::Unsigned Unsigned __attribute__((vector_size(kLanes * sizeof(Type)))); \
    }
GRADLENS_LANES(float);
GRADLENS_LANES(double);
#undef GRADLENS_LANES
typedef double Doubles __attribute__((vector_size(kLanes / 2 * sizeof(double))));

// The lower or upper half of a vector.
template <bool Upper, class V>
[[gnu::always_inline]] inline Doubles widened(const V& value) {
    constexpr int k = Upper ? kLanes / 2 : 0;
    return __builtin_convertvector(
        __builtin_shufflevector(value, value, k, k + 1, k + 2, k + 3, k + 4, k + 5, k + 6, k + 7), Doubles);
}

template <class V, class T>
[[gnu::always_inline]] inline V load(const T* from) {
    V result;
    std::memcpy(&result, from, sizeof result);
    return result;
}

double sumOf(const Doubles& lanes) {
    return ((lanes[0] + lanes[4]) + (lanes[1] + lanes[5])) + ((lanes[2] + lanes[6]) + (lanes[3] + lanes[7]));
}

template <class V>
std::int64_t countOf(const V& lanes) {
    std::int64_t sum = 0;
    for (int i = 0; i < kLanes; ++i) sum += static_cast<std::int64_t>(lanes[i]);
    return sum;
}

// The general case: any count, any values. Elements that are not finite are counted and left out of the sums.
template <class T>
[[gnu::noinline]] StatisticsSums carefulPiece(const T* values, std::int64_t count) {
    StatisticsSums sums;
    sums.count = count;
    double low = std::numeric_limits<double>::infinity(), high = -low, sum = 0;
    for (std::int64_t i = 0; i < count; ++i) {
        const auto bits = std::bit_cast<typename Bits<T>::Signed>(values[i]);
        const auto magnitude = bits & Bits<T>::kMagnitude;
        if (magnitude >= Bits<T>::kInfinity) {
            if (magnitude > Bits<T>::kInfinity)
                ++sums.nan;
            else
                ++(bits < 0 ? sums.negativeInfinite : sums.positiveInfinite);
            continue;
        }
        const double value = static_cast<double>(values[i]);
        sums.zeros += magnitude == 0;
        sums.denormals += magnitude != 0 && magnitude < Bits<T>::kSmallestNormal;
        sums.negatives += bits < 0 && magnitude != 0;
        low = std::min(low, value);
        high = std::max(high, value);
        sum += value;
    }
    if (sums.finite() == 0) return sums;
    sums.min = low;
    sums.max = high;
    sums.mean = sum / static_cast<double>(sums.finite());
    for (std::int64_t i = 0; i < count; ++i) {
        const auto magnitude = std::bit_cast<typename Bits<T>::Signed>(values[i]) & Bits<T>::kMagnitude;
        if (magnitude >= Bits<T>::kInfinity) continue;
        const double value = static_cast<double>(values[i]);
        sums.squares += (value - sums.mean) * (value - sums.mean);
    }
    return sums;
}

template <class T>
[[gnu::noinline]] std::int64_t denormalsOf(const T* values) {
    return std::count_if(values, values + kPiece, [](T value) {
        const auto magnitude = std::bit_cast<typename Bits<T>::Signed>(value) & Bits<T>::kMagnitude;
        return magnitude != 0 && magnitude < Bits<T>::kSmallestNormal;
    });
}

// The sum of squared deviations of a piece from its own mean.
template <class T>
[[gnu::noinline]] GRADLENS_WIDE double squaredDeviations(const T* values, double mean) {
    Doubles squares[2] = {};
    for (std::int64_t i = 0; i < kPiece; i += kLanes) {
        const auto value = load<typename Lanes<T>::Real>(values + i);
        const Doubles first = widened<false>(value) - mean, second = widened<true>(value) - mean;
        squares[0] += first * first;
        squares[1] += second * second;
    }
    return sumOf(squares[0] + squares[1]);
}

// A whole piece in one sweep. Sums are of deviations from `around`, a value that is probably near the mean (that of the
// piece before); where it turns out not to be, a second sweep takes the squares from the piece's own mean, so that
// nothing cancels. Constant tensors come out exact. Nothing where an element is not finite.
template <class T>
[[gnu::noinline]] GRADLENS_WIDE std::optional<StatisticsSums> wholePiece(const T* values, double around) {
    using Real = typename Lanes<T>::Real;
    using Whole = typename Lanes<T>::Whole;
    using Unsigned = typename Lanes<T>::Unsigned;
    Whole nonzeros = {}, negatives = {};
    Unsigned smallest = ~Unsigned{};  // magnitude that is not zero, less one
    Real low = load<Real>(values), high = low;
    Doubles sum = {}, squares[2] = {};
    for (std::int64_t i = 0; i < kPiece; i += kLanes) {
        const Real value = load<Real>(values + i);
        const Whole magnitude = std::bit_cast<Whole>(value) & Bits<T>::kMagnitude;
        nonzeros += magnitude < 1 ? magnitude : Whole{} + 1;
        const auto less = std::bit_cast<Unsigned>(magnitude - 1);  // of a zero, the largest there is
        smallest = less < smallest ? less : smallest;
        negatives -= value < 0;  // true is -1
        low = value < low ? value : low;
        high = value > high ? value : high;
        const Doubles first = widened<false>(value) - around, second = widened<true>(value) - around;
        sum += first + second;
        squares[0] += first * first;
        squares[1] += second * second;
    }
    // A NaN goes through the sum, an infinity as well; the largest finite doubles may overflow it, and are counted with
    // care too.
    const double total = sumOf(sum), square = sumOf(squares[0] + squares[1]);
    if (!std::isfinite(total) || !std::isfinite(square)) return std::nullopt;
    StatisticsSums sums;
    sums.count = kPiece;
    sums.zeros = kPiece - countOf(nonzeros);
    for (int lane = 0; lane < kLanes && sums.denormals == 0; ++lane)
        if (smallest[lane] < Bits<T>::kSmallestNormal - 1) sums.denormals = denormalsOf(values);
    sums.negatives = countOf(negatives);
    sums.min = static_cast<double>(low[0]);
    sums.max = static_cast<double>(high[0]);
    for (int lane = 1; lane < kLanes; ++lane) {
        sums.min = std::min(sums.min, static_cast<double>(low[lane]));
        sums.max = std::max(sums.max, static_cast<double>(high[lane]));
    }
    const double shift = total / static_cast<double>(kPiece), shifted = total * shift;
    sums.mean = around + shift;
    sums.squares = shifted <= square / 2 ? square - shifted : squaredDeviations(values, sums.mean);
    return sums;
}

template <class T>
StatisticsSums realRange(const T* values, std::int64_t count) {
    const KeepDenormals keep;
    StatisticsSums sums;
    double around = count > 0 ? static_cast<double>(values[0]) : 0;
    for (std::int64_t i = 0; i < count; i += kPiece) {
        const std::int64_t piece = std::min(kPiece, count - i);
        std::optional<StatisticsSums> found = piece == kPiece ? wholePiece(values + i, around) : std::nullopt;
        if (!found) found = carefulPiece(values + i, piece);
        if (found->finite() > 0) around = found->mean;
        sums = combined(sums, *found);
    }
    return sums;
}

template <class T>
StatisticsSums integerRange(const T* values, std::int64_t count) {
    StatisticsSums sums;
    double converted[kPiece];
    for (std::int64_t i = 0; i < count; i += kPiece) {
        const std::int64_t piece = std::min(kPiece, count - i);
        std::copy(values + i, values + i + piece, converted);
        sums = combined(sums, piece == kPiece ? *wholePiece(converted, converted[0]) : carefulPiece(converted, piece));
    }
    return sums;
}

template <class F>
void forEachValue(const TensorView& tensor, F&& body) {
    const auto visit = [&]<class T>() {
        for (const T value : tensor.as<const T>()) body(static_cast<double>(value));
    };
    switch (tensor.dtype()) {
        case DType::Float32:
            return visit.template operator()<float>();
        case DType::Float64:
            return visit.template operator()<double>();
        case DType::Int32:
            return visit.template operator()<std::int32_t>();
        case DType::UInt8:
            return visit.template operator()<std::uint8_t>();
    }
}
}  // namespace

StatisticsSums statisticsOfRange(const TensorView& tensor, std::int64_t begin, std::int64_t end) {
    assert(begin >= 0 && begin <= end && end <= tensor.elements());
    switch (tensor.dtype()) {
        case DType::Float32:
            return realRange(tensor.as<const float>().data() + begin, end - begin);
        case DType::Float64:
            return realRange(tensor.as<const double>().data() + begin, end - begin);
        case DType::Int32:
            return integerRange(tensor.as<const std::int32_t>().data() + begin, end - begin);
        case DType::UInt8:
            return integerRange(tensor.as<const std::uint8_t>().data() + begin, end - begin);
    }
    return {};
}

StatisticsSums combined(const StatisticsSums& a, const StatisticsSums& b) {
    if (a.count == 0) return b;
    if (b.count == 0) return a;
    const KeepDenormals keep;
    StatisticsSums sums = a;
    sums.count += b.count;
    sums.nan += b.nan;
    sums.positiveInfinite += b.positiveInfinite;
    sums.negativeInfinite += b.negativeInfinite;
    sums.zeros += b.zeros;
    sums.negatives += b.negatives;
    sums.denormals += b.denormals;
    if (b.finite() == 0) return sums;
    sums.min = a.finite() == 0 ? b.min : std::min(a.min, b.min);
    sums.max = a.finite() == 0 ? b.max : std::max(a.max, b.max);
    const double n = static_cast<double>(sums.finite()), share = static_cast<double>(b.finite()) / n;
    const double distance = b.mean - a.mean;
    sums.mean = a.finite() == 0 ? b.mean : a.mean + distance * share;
    sums.squares += b.squares + (a.finite() == 0 ? 0.0 : distance * distance * share * static_cast<double>(a.finite()));
    return sums;
}

Statistics finished(const StatisticsSums& sums) {
    Statistics result;
    result.count = sums.count;
    result.finite = sums.finite();
    result.nan = sums.nan;
    result.positiveInfinite = sums.positiveInfinite;
    result.negativeInfinite = sums.negativeInfinite;
    result.zeros = sums.zeros;
    result.negatives = sums.negatives;
    result.positives = result.finite - sums.zeros - sums.negatives;
    result.denormals = sums.denormals;
    if (result.finite == 0) return result;
    result.min = sums.min;
    result.max = sums.max;
    result.mean = sums.mean;
    result.standardDeviation = std::sqrt(sums.squares / static_cast<double>(result.finite));
    result.l2 = std::sqrt(sums.squares + static_cast<double>(result.finite) * sums.mean * sums.mean);
    return result;
}

Statistics statisticsOf(const TensorView& tensor) {
    StatisticsSums sums;
    for (std::int64_t begin = 0; begin < tensor.elements(); begin += kStatisticsTile)
        sums = combined(sums, statisticsOfRange(tensor, begin, std::min(tensor.elements(), begin + kStatisticsTile)));
    return finished(sums);
}

Histogram histogramOf(const TensorView& tensor, double low, double high, int bins) {
    assert(bins > 0);
    Histogram histogram{low, high, std::vector<std::int64_t>(static_cast<std::size_t>(bins)), 0, 0, 0};
    // Halves, so that the widest range does not overflow. A range of one value puts everything into the first bin.
    const double range = high / 2 - low / 2;
    const auto last = static_cast<std::size_t>(bins - 1);
    forEachValue(tensor, [&](double value) {
        if (!std::isfinite(value))
            ++histogram.nonFinite;
        else if (value < low)
            ++histogram.below;
        else if (value > high)
            ++histogram.above;
        else {
            const double share = range > 0 ? (value / 2 - low / 2) / range : 0.0;
            ++histogram.bins[std::min(last, static_cast<std::size_t>(share * static_cast<double>(bins)))];
        }
    });
    return histogram;
}

std::vector<double> percentilesOf(const TensorView& tensor, std::vector<double> fractions) {
    const std::int64_t stride =
        std::max<std::int64_t>(1, (tensor.elements() + kSamplesForPercentiles - 1) / kSamplesForPercentiles);
    std::vector<double> values;
    values.reserve(static_cast<std::size_t>(tensor.elements() / stride + 1));
    std::int64_t skip = 0;
    forEachValue(tensor, [&](double value) {
        if (skip-- > 0) return;
        skip = stride - 1;
        if (std::isfinite(value)) values.push_back(value);
    });
    std::vector<double> result(fractions.size(), 0.0);
    if (values.empty()) return result;
    for (std::size_t i = 0; i < fractions.size(); ++i) {
        const double fraction = std::clamp(fractions[i], 0.0, 1.0);
        const auto rank = static_cast<std::ptrdiff_t>(std::llround(fraction * static_cast<double>(values.size() - 1)));
        std::nth_element(values.begin(), values.begin() + rank, values.end());
        result[i] = values[static_cast<std::size_t>(rank)];
    }
    return result;
}

}  // namespace gradlens
