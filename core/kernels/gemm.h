// SPDX-License-Identifier: GPL-3.0-or-later
// Matrix products on raw row-major memory: C = alpha op(A) op(B) + beta C, by register-blocked kernels of our own. The
// output is cut into tiles, and long inner extents into pieces, by the extents alone, so that the bits do not depend on
// the number of threads. Products below about 50 microseconds stay on the calling thread. T is float or double.
#pragma once
#include "core/parallel/arena.h"

#include <cstddef>
#include <cstdint>

namespace gradlens {

enum class Transposed : bool { No, Yes };

// A matrix in memory: element (row, column) of what is stored is data[row * stride + column].
template <class T>
struct MatrixOperand {
    const T* data;
    std::int64_t stride;
    Transposed transposed = Transposed::No;
};

// What is done to the results while they are still in the cache: the bias of each column is added, then `apply` is run
// in place over each piece of a row when it is complete. Both may be null.
template <class T>
struct GemmFinish {
    const T* bias = nullptr;  // n
    void (*apply)(const void* context, T* run, std::int64_t count) = nullptr;
    const void* context = nullptr;
};

// C is m x n, op(A) m x k, op(B) k x n; none may overlap C. With beta 0 what C held is not read (it may be NaN).
// scratch: gemmScratchBytes of it lets products with few outputs and a long inner extent use more than one thread; the
// bits with and without scratch differ, so a caller gives it always or never.
template <class T>
void gemm(const Arena& arena, std::int64_t m, std::int64_t n, std::int64_t k, T alpha, MatrixOperand<T> a,
          MatrixOperand<T> b, T beta, T* c, std::int64_t strideC, std::byte* scratch = nullptr,
          const GemmFinish<T>& finish = {});

template <class T>
std::size_t gemmScratchBytes(std::int64_t m, std::int64_t n, std::int64_t k);

// The same product in one piece on the calling thread: for use within a tile.
template <class T>
void gemmSerial(std::int64_t m, std::int64_t n, std::int64_t k, T alpha, MatrixOperand<T> a, MatrixOperand<T> b, T beta,
                T* c, std::int64_t strideC, const GemmFinish<T>& finish = {});

}  // namespace gradlens
