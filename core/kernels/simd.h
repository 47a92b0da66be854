// SPDX-License-Identifier: GPL-3.0-or-later
// Vectors as wide as the processor that is compiled for, by the compilers' vector extensions. For the .cpp files of the
// kernels; the numbers of registers decide how large the blocks of the inner loops are.
#pragma once
#include "core/base/wide.h"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace gradlens::simd {

#if defined(__AVX512F__)
inline constexpr std::size_t kVectorBytes = 64;
inline constexpr bool kManyRegisters = true;  // 32 vector registers
#elif defined(__AVX__)
inline constexpr std::size_t kVectorBytes = 32;
inline constexpr bool kManyRegisters = false;  // 16
#else
inline constexpr std::size_t kVectorBytes = 16;
inline constexpr bool kManyRegisters = false;
#endif

// Loops whose counters index arrays of registers must be unrolled wholly.
#if defined(__clang__)
#define GRADLENS_UNROLL _Pragma("unroll")
#else
#define GRADLENS_UNROLL _Pragma("GCC unroll 16")
#endif

template <class T>
struct VectorOf;
template <>
struct VectorOf<float> {
    typedef float Type __attribute__((vector_size(kVectorBytes)));
};
template <>
struct VectorOf<double> {
    typedef double Type __attribute__((vector_size(kVectorBytes)));
};
template <class T>
using Vector = typename VectorOf<T>::Type;

template <class T>
inline constexpr int kLanes = static_cast<int>(kVectorBytes / sizeof(T));

template <class T>
__attribute__((always_inline)) inline Vector<T> load(const T* from) {
    Vector<T> value;
    std::memcpy(&value, from, sizeof value);
    return value;
}

template <class T>
__attribute__((always_inline)) inline void store(T* to, const Vector<T>& value) {
    std::memcpy(to, &value, sizeof value);
}

template <class T>
__attribute__((always_inline)) inline Vector<T> broadcast(T value) {
    return value - Vector<T>{};  // x - 0 is x, -0 too, so this is no arithmetic
}

template <class T, std::size_t Bytes>
struct Sized {
    typedef T Type __attribute__((vector_size(Bytes)));
};

// Copies a short run inline: whole vectors, the last one overlapping the one before; narrower ones for shorter runs.
template <class T, std::size_t Bytes = kVectorBytes>
__attribute__((always_inline)) inline void copyRun(const T* from, std::int64_t count, T* to) {
    if constexpr (Bytes <= sizeof(T)) {
        for (std::int64_t i = 0; i < count; ++i) to[i] = from[i];
    } else {
        constexpr auto kCount = static_cast<std::int64_t>(Bytes / sizeof(T));
        if (count < kCount) return copyRun<T, Bytes / 2>(from, count, to);
        for (std::int64_t i = 0; i + kCount < count; i += kCount) std::memcpy(to + i, from + i, Bytes);
        std::memcpy(to + count - kCount, from + count - kCount, Bytes);
    }
}

// The sum of the lanes, halves onto halves: always in the same order.
template <class T, std::size_t Bytes = kVectorBytes>
__attribute__((always_inline)) inline T sumOfLanes(const typename Sized<T, Bytes>::Type& value) {
    if constexpr (Bytes == sizeof(T)) {
        return value[0];
    } else {
        typename Sized<T, Bytes / 2>::Type low, high;
        std::memcpy(&low, &value, Bytes / 2);
        std::memcpy(&high, reinterpret_cast<const char*>(&value) + Bytes / 2, Bytes / 2);
        return sumOfLanes<T, Bytes / 2>(low + high);
    }
}

}  // namespace gradlens::simd
