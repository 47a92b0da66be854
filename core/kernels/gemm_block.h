// SPDX-License-Identifier: GPL-3.0-or-later
// The inner product of the matrix products: a few rows of A times a panel of two vectors of columns of B, summed in
// registers, and how panels are packed. Every element of C is one chain of fused multiplications and additions along
// the inner extent, wherever it lies in a block. Internal to core/kernels. Blocking after Goto and van de Geijn,
// "Anatomy of High-Performance Matrix Multiplication" (2008).
#pragma once
#include "core/kernels/gemm.h"
#include "core/kernels/simd.h"

#include <algorithm>
#include <array>
#include <utility>

namespace gradlens::gemm_block {

inline constexpr int kRows = simd::kManyRegisters ? 12 : 6;  // x kVectors sums in registers
inline constexpr int kVectors = 2;
template <class T>
inline constexpr int kColumns = kVectors * simd::kLanes<T>;
inline constexpr std::int64_t kInner = 336;  // a panel of B this long leaves room for the rows of A in the first cache

// Where a block of results goes: C = alpha * sums + beta * C + bias.
template <class T>
struct Target {
    T* c;
    std::int64_t stride;
    std::int64_t columns;  // of the panel that exist
    T alpha, beta;
    const T* bias;  // of the panel's columns, or null
};

template <class T>
__attribute__((always_inline)) inline void storeVector(const Target<T>& target, const simd::Vector<T>& sum, T* c,
                                                       const T* bias) {
    simd::Vector<T> value = target.alpha * sum;
    if (bias != nullptr) value += simd::load<T>(bias);
    if (target.beta == T(1)) {
        value += simd::load<T>(c);
    } else if (target.beta != T(0)) {
        value += target.beta * simd::load<T>(c);
    }
    simd::store<T>(c, value);
}

// The columns that exist of one row of sums, by way of a whole row elsewhere.
template <class T, int Vectors>
void storePart(const Target<T>& target, const simd::Vector<T>* sums, T* c) {
    constexpr int kLanes = simd::kLanes<T>;
    T row[Vectors * kLanes] = {}, bias[Vectors * kLanes] = {};
    if (target.beta != T(0)) std::copy_n(c, target.columns, row);
    if (target.bias != nullptr) std::copy_n(target.bias, target.columns, bias);
    for (int j = 0; j < Vectors; ++j)
        storeVector<T>(target, sums[j], row + j * kLanes, target.bias != nullptr ? bias + j * kLanes : nullptr);
    std::copy_n(row, target.columns, c);
}

// sums[row][column] = sum over i of a(row, i) * b[i * strideB + column]. Across: a(row, i) is a[row * strideA + i],
// otherwise a[i * strideA + row].
template <class T, int Rows, int Vectors, bool Across>
GRADLENS_WIDE void multiply(std::int64_t inner, const T* a, std::int64_t strideA, const T* b, std::int64_t strideB,
                            const Target<T>& target) {
    using V = simd::Vector<T>;
    constexpr int kLanes = simd::kLanes<T>;
    V sums[Rows][Vectors];
    GRADLENS_UNROLL
    for (int row = 0; row < Rows; ++row) {
        __builtin_prefetch(target.c + row * target.stride, 1);
        GRADLENS_UNROLL
        for (int j = 0; j < Vectors; ++j) sums[row][j] = V{};
    }
    for (std::int64_t i = 0; i < inner; ++i) {
        V x[Vectors];
        GRADLENS_UNROLL
        for (int j = 0; j < Vectors; ++j) x[j] = simd::load<T>(b + j * kLanes);
        GRADLENS_UNROLL
        for (int row = 0; row < Rows; ++row) {
            const V w = simd::broadcast<T>(Across ? a[row * strideA] : a[row]);
            GRADLENS_UNROLL
            for (int j = 0; j < Vectors; ++j) sums[row][j] += w * x[j];
        }
        a += Across ? 1 : strideA;
        b += strideB;
    }
    GRADLENS_UNROLL
    for (int row = 0; row < Rows; ++row) {
        T* const c = target.c + row * target.stride;
        if (target.columns == Vectors * kLanes) {
            GRADLENS_UNROLL
            for (int j = 0; j < Vectors; ++j)
                storeVector<T>(target, sums[row][j], c + j * kLanes,
                               target.bias != nullptr ? target.bias + j * kLanes : nullptr);
        } else {
            V copy[Vectors];
            GRADLENS_UNROLL
            for (int j = 0; j < Vectors; ++j) copy[j] = sums[row][j];
            storePart<T, Vectors>(target, copy, c);
        }
    }
}

template <class T>
using Multiply = void (*)(std::int64_t, const T*, std::int64_t, const T*, std::int64_t, const Target<T>&);

// By the number of rows and vectors, each from one.
template <class T>
Multiply<T> multiplyFor(std::int64_t rows, int vectors, bool across) {
    static constexpr auto row = []<int... I>(std::integer_sequence<int, I...>, auto vectorCount, auto layout) {
        return std::array<Multiply<T>, sizeof...(I)>{
            &multiply<T, I + 1, decltype(vectorCount)::value, decltype(layout)::value>...};
    };
    static constexpr auto both = [](auto layout) {
        constexpr std::make_integer_sequence<int, kRows> kEach;
        return std::array{row(kEach, std::integral_constant<int, 1>{}, layout),
                          row(kEach, std::integral_constant<int, 2>{}, layout)};
    };
    static constexpr std::array kTable{both(std::false_type{}), both(std::true_type{})};
    return kTable[across][static_cast<std::size_t>(vectors - 1)][static_cast<std::size_t>(rows - 1)];
}

// Rows are cut into blocks of nearly equal height, because low ones leave the units of the processor waiting.
struct RowBlocks {
    std::int64_t rows, count;
    explicit RowBlocks(std::int64_t extent) : rows(extent), count((extent + kRows - 1) / kRows) {}
    std::int64_t begin(std::int64_t block) const { return rows * block / count; }
};

// Interleaves the lower (upper) halves of a and b: a0 b0 a1 b1 ...
template <class T, bool Upper>
__attribute__((always_inline)) inline simd::Vector<T> interleaved(const simd::Vector<T>& a, const simd::Vector<T>& b) {
    constexpr int kLanes = simd::kLanes<T>;
    return [&]<int... I>(std::integer_sequence<int, I...>) {
        return __builtin_shufflevector(a, b, (I / 2 + (I % 2 == 0 ? 0 : kLanes) + (Upper ? kLanes / 2 : 0))...);
    }(std::make_integer_sequence<int, kLanes>{});
}

// to[i * strideTo + j] = from[j * strideFrom + i] for i and j below the number of lanes: log2 perfect shuffles.
template <class T>
GRADLENS_WIDE inline void transposeSquare(const T* from, std::int64_t strideFrom, T* to, std::int64_t strideTo) {
    constexpr int kLanes = simd::kLanes<T>;
    simd::Vector<T> rows[kLanes];
    GRADLENS_UNROLL
    for (int j = 0; j < kLanes; ++j) rows[j] = simd::load<T>(from + j * strideFrom);
    GRADLENS_UNROLL
    for (int stage = 1; stage < kLanes; stage *= 2) {
        simd::Vector<T> next[kLanes];
        GRADLENS_UNROLL
        for (int j = 0; j < kLanes / 2; ++j) {
            next[2 * j] = interleaved<T, false>(rows[j], rows[j + kLanes / 2]);
            next[2 * j + 1] = interleaved<T, true>(rows[j], rows[j + kLanes / 2]);
        }
        GRADLENS_UNROLL
        for (int j = 0; j < kLanes; ++j) rows[j] = next[j];
    }
    GRADLENS_UNROLL
    for (int j = 0; j < kLanes; ++j) simd::store<T>(to + j * strideTo, rows[j]);
}

// to[i * width + j] = from[j * stride + i] for i < inner and j < columns; zero for the other j < width.
template <class T>
void packTransposed(std::int64_t inner, std::int64_t columns, const T* from, std::int64_t stride, T* to,
                    std::int64_t width) {
    constexpr std::int64_t kLanes = simd::kLanes<T>;
    std::int64_t column = 0;
    for (; column + kLanes <= std::min(columns, width); column += kLanes) {
        std::int64_t i = 0;
        for (; i + kLanes <= inner; i += kLanes)
            transposeSquare<T>(from + column * stride + i, stride, to + i * width + column, width);
        for (; i < inner; ++i)
            for (std::int64_t j = column; j < column + kLanes; ++j) to[i * width + j] = from[j * stride + i];
    }
    for (; column < width; ++column)
        for (std::int64_t i = 0; i < inner; ++i)
            to[i * width + column] = column < columns ? from[column * stride + i] : T(0);
}

// to[i * width + j] = from[i * stride + j] for i < inner and j < columns; zero for the other j < width.
template <class T>
void packStraight(std::int64_t inner, std::int64_t columns, const T* from, std::int64_t stride, T* to,
                  std::int64_t width) {
    if (columns == width) {
        for (std::int64_t i = 0; i < inner; ++i) {
            __builtin_prefetch(from + i * stride + width);  // the next panel: no prefetcher sees these steps
            simd::copyRun(from + i * stride, width, to + i * width);
        }
        return;
    }
    for (std::int64_t i = 0; i < inner; ++i) {
        std::copy_n(from + i * stride, columns, to + i * width);
        std::fill(to + i * width + columns, to + (i + 1) * width, T(0));
    }
}

}  // namespace gradlens::gemm_block
