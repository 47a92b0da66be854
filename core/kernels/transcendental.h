// SPDX-License-Identifier: GPL-3.0-or-later
// exp, tanh, the logistic function and the normal distribution as straight-line arithmetic in float, so that loops over
// them vectorise; in double they are the standard library's. NaN gives NaN. Relative error in float: exp, tanh and
// logistic below 2e-7; normalCdf below 2e-6 for |x| < 4, growing with x² into the lower tail (2e-5 at -12).
#pragma once
#include <bit>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace gradlens {

inline double exponential(double x) {
    return std::exp(x);
}

// 2^n * exp(r), |r| <= ln(2) / 2; the polynomial is Cephes' expf (Moshier 1989).
inline float exponential(float x) {
    constexpr float kLowest = -104.0f, kHighest = 89.0f;  // beyond them: 0 and infinity
    constexpr float kRounder = 0x1.8p23f;                 // adding it leaves the nearest integer in the low bits
    const float above = x < kLowest ? kLowest : x;
    const float bounded = above > kHighest ? kHighest : above;
    const float shifted = bounded * std::numbers::log2e_v<float> + kRounder;
    const float n = shifted - kRounder;
    const float r = (bounded - n * 0.693359375f) + n * 2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * (r * r) + r + 1.0f;
    // 2^n in two factors: n reaches 128 and -150, which one float exponent cannot hold.
    const std::int32_t exponent = std::bit_cast<std::int32_t>(shifted) - std::bit_cast<std::int32_t>(kRounder);
    const std::int32_t half = exponent >> 1;
    const auto power = [](std::int32_t k) { return std::bit_cast<float>(static_cast<std::uint32_t>(k + 127) << 23); };
    return (p * power(half)) * power(exponent - half);
}

inline double hyperbolicTangent(double x) {
    return std::tanh(x);
}

// Near zero Cephes' tanhf polynomial, elsewhere 1 - 2 / (exp(2|x|) + 1).
inline float hyperbolicTangent(float x) {
    const float magnitude = std::fabs(x);
    const float large = std::copysign(1.0f - 2.0f / (exponential(2.0f * magnitude) + 1.0f), x);
    const float square = x * x;
    float p = -5.70498872745e-3f;
    p = p * square + 2.06390887954e-2f;
    p = p * square - 5.37397155531e-2f;
    p = p * square + 1.33314422036e-1f;
    p = p * square - 3.33332819422e-1f;
    return magnitude < 0.625f ? x + x * (square * p) : large;
}

// 1 / (1 + exp(-x))
template <class T>
T logistic(T x) {
    return T(1) / (T(1) + exponential(-x));
}

// The standard normal distribution function.
inline double normalCdf(double x) {
    return 0.5 * std::erfc(-x * (1.0 / std::numbers::sqrt2));
}

// By the Chebyshev fit of erfc (Press et al., Numerical Recipes, 2nd ed., 6.2: fractional error below 1.2e-7).
inline float normalCdf(float x) {
    const float z = std::fabs(x) * (1.0f / std::numbers::sqrt2_v<float>);
    const float t = 1.0f / (1.0f + 0.5f * z);
    float p = 0.17087277f;
    p = p * t - 0.82215223f;
    p = p * t + 1.48851587f;
    p = p * t - 1.13520398f;
    p = p * t + 0.27886807f;
    p = p * t - 0.18628806f;
    p = p * t + 0.09678418f;
    p = p * t + 0.37409196f;
    p = p * t + 1.00002368f;
    p = p * t - 1.26551223f;
    const float halfTail = 0.5f * t * exponential(p - z * z);
    return x < 0.0f ? halfTail : 1.0f - halfTail;
}

// The standard normal density.
template <class T>
T normalDensity(T x) {
    constexpr T kScale = std::numbers::inv_sqrtpi_v<T> / std::numbers::sqrt2_v<T>;
    return kScale * exponential(T(-0.5) * x * x);
}

}  // namespace gradlens
