// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/orthogonal.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <vector>

namespace gradlens {

namespace {
double dot(const double* a, const double* b, std::int64_t count) {
    constexpr std::int64_t kLanes = 16;  // as many sums as four wide registers hold
    double lanes[kLanes] = {};
    std::int64_t i = 0;
    for (; i + kLanes <= count; i += kLanes)
        for (std::int64_t lane = 0; lane < kLanes; ++lane) lanes[lane] += a[i + lane] * b[i + lane];
    double sum = 0;
    for (; i < count; ++i) sum += a[i] * b[i];
    for (const double lane : lanes) sum += lane;
    return sum;
}

// Makes a vector the u of the reflection 1 - u uT (so uT u = 2) that turns it into (r, 0, 0 ...), and returns r. A
// vector of zeros becomes the reflection that changes nothing.
double reflector(double* vector, std::int64_t count) {
    const double norm = std::sqrt(dot(vector, vector, count));
    if (norm == 0) return 0;
    const double r = vector[0] > 0 ? -norm : norm;  // of the other sign: nothing cancels in the next line
    vector[0] -= r;
    const double scale = std::sqrt(2 / dot(vector, vector, count));
    for (std::int64_t i = 0; i < count; ++i) vector[i] *= scale;
    return r;
}
}  // namespace

void orthonormalise(const Arena& arena, std::int64_t count, std::int64_t length, double* vectors, double* result) {
    assert(count <= length);
    constexpr std::int64_t kTileElements = 1 << 15;  // a dot and an update of 32768 elements: tens of microseconds
    const std::int64_t grain = std::max<std::int64_t>(1, kTileElements / std::max<std::int64_t>(length, 1));
    // Reflects elements `from` .. of rows [first, count) by the reflector in row `from` of vectors.
    const auto reflect = [&](double* rows, std::int64_t first, std::int64_t from) {
        const double* u = vectors + from * length + from;
        arena.forRange(count - first, grain, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t row = first + begin; row < first + end; ++row) {
                double* target = rows + row * length + from;
                const double along = dot(u, target, length - from);
                for (std::int64_t i = 0; i < length - from; ++i) target[i] -= along * u[i];
            }
        });
    };
    std::vector<double> diagonal(static_cast<std::size_t>(count));
    for (std::int64_t j = 0; j < count; ++j) {
        diagonal[static_cast<std::size_t>(j)] = reflector(vectors + j * length + j, length - j);
        reflect(vectors, j + 1, j);
    }
    // Q = H0 H1 ... times the first unit vectors, from the last reflection on: row i has nothing before element i yet.
    std::fill(result, result + count * length, 0.0);
    for (std::int64_t j = 0; j < count; ++j) result[j * length + j] = 1;
    for (std::int64_t j = count - 1; j >= 0; --j) reflect(result, j, j);
    for (std::int64_t j = 0; j < count; ++j)
        if (diagonal[static_cast<std::size_t>(j)] < 0)
            for (std::int64_t i = 0; i < length; ++i) result[j * length + i] = -result[j * length + i];
}

}  // namespace gradlens
