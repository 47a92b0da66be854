// SPDX-License-Identifier: GPL-3.0-or-later
// Matrix products on raw row-major memory: C = alpha op(A) op(B) + beta C. The output is cut into tiles, and long inner
// extents into pieces, by the extents alone, so that the bits do not depend on the number of threads. Products below
// about 50 microseconds stay on the calling thread. T is float or double.
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

// C is m x n, op(A) m x k, op(B) k x n; none may overlap C. With beta 0 what C held is not read (it may be NaN).
// scratch: gemmScratchBytes of it lets products with few outputs and a long inner extent use more than one thread; the
// bits with and without scratch differ, so a caller gives it always or never.
template <class T>
void gemm(const Arena& arena, std::int64_t m, std::int64_t n, std::int64_t k, T alpha, MatrixOperand<T> a, MatrixOperand<T> b, T beta,
          T* c, std::int64_t strideC, std::byte* scratch = nullptr);

template <class T>
std::size_t gemmScratchBytes(std::int64_t m, std::int64_t n, std::int64_t k);

// The same product in one piece on the calling thread: for use within a tile.
template <class T>
void gemmSerial(std::int64_t m, std::int64_t n, std::int64_t k, T alpha, MatrixOperand<T> a, MatrixOperand<T> b, T beta, T* c,
                std::int64_t strideC);

// Eigen sizes its blocks by the caches it finds; this fixes them so that the bits do not vary with the machine's report.
// Thread-safe, the first call counts; every product above calls it.
void fixEigenBlocking();

}  // namespace gradlens
