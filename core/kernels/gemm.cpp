// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/gemm.h"

#include <algorithm>
#include <cassert>

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <Eigen/Core>
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

namespace gradlens {

namespace {
constexpr double kSerialFlops = 4e6;     // about 50 microseconds on one core
constexpr double kWorthwhileTile = 12e6;  // a tile that computes less than this spends too much on packing
constexpr std::int64_t kTileExtent = 256;
constexpr std::int64_t kSmallestTile = 128;
constexpr std::int64_t kEnoughTiles = 8;
constexpr std::int64_t kPieceOfInner = 512;  // inner extents are split into pieces at least this long
constexpr std::int64_t kMostPieces = 8;

double flopsOf(std::int64_t m, std::int64_t n, std::int64_t k) {
    return 2.0 * static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k);
}

std::int64_t tilesOf(std::int64_t extent, std::int64_t tile) {
    return (extent + tile - 1) / tile;
}

// How one product is cut: by its extents alone.
struct Cut {
    std::int64_t rows, columns;  // of a tile
    std::int64_t pieces = 1;     // of the inner extent
};

Cut cutOf(std::int64_t m, std::int64_t n, std::int64_t k, bool mayCutInner) {
    if (flopsOf(m, n, k) < kSerialFlops) return {m, n};
    Cut cut{std::min(m, kTileExtent), std::min(n, kTileExtent)};
    const auto tiles = [&] { return tilesOf(m, cut.rows) * tilesOf(n, cut.columns); };
    while (tiles() < kEnoughTiles && flopsOf(cut.rows, cut.columns, k) > kWorthwhileTile && std::max(cut.rows, cut.columns) > kSmallestTile) {
        std::int64_t& larger = cut.rows > cut.columns ? cut.rows : cut.columns;
        larger = std::max(kSmallestTile, (larger / 2 + 15) / 16 * 16);
    }
    if (mayCutInner && tiles() < kEnoughTiles / 2) cut.pieces = std::clamp<std::int64_t>(k / kPieceOfInner, 1, kMostPieces);
    return cut;
}

template <class T>
using RowMajor = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
template <class T>
using ConstMap = Eigen::Map<const RowMajor<T>, Eigen::Unaligned, Eigen::OuterStride<>>;
template <class T>
using MutableMap = Eigen::Map<RowMajor<T>, Eigen::Unaligned, Eigen::OuterStride<>>;

// rows x columns of op(X) as they are stored.
template <class T>
ConstMap<T> mapped(const MatrixOperand<T>& x, std::int64_t rows, std::int64_t columns) {
    const bool transposed = x.transposed == Transposed::Yes;
    return {x.data, transposed ? columns : rows, transposed ? rows : columns, Eigen::OuterStride<>(x.stride)};
}

// op(X) from (row, column) on.
template <class T>
MatrixOperand<T> shifted(MatrixOperand<T> x, std::int64_t row, std::int64_t column) {
    x.data += x.transposed == Transposed::Yes ? column * x.stride + row : row * x.stride + column;
    return x;
}

template <class T, class Destination, class Left, class Right>
void accumulate(Destination& c, T alpha, const Left& a, const Right& b) {
    c.noalias() += alpha * (a * b);
}

template <class T>
void product(std::int64_t m, std::int64_t n, std::int64_t k, T alpha, const MatrixOperand<T>& a, const MatrixOperand<T>& b, T beta, T* c,
             std::int64_t strideC) {
    MutableMap<T> target(c, m, n, Eigen::OuterStride<>(strideC));
    if (beta == T(0)) {
        target.setZero();
    } else if (beta != T(1)) {
        target *= beta;
    }
    if (m == 0 || n == 0 || k == 0) return;
    const ConstMap<T> left = mapped(a, m, k);
    const ConstMap<T> right = mapped(b, k, n);
    const bool at = a.transposed == Transposed::Yes;
    const bool bt = b.transposed == Transposed::Yes;
    if (at && bt) accumulate(target, alpha, left.transpose(), right.transpose());
    if (at && !bt) accumulate(target, alpha, left.transpose(), right);
    if (!at && bt) accumulate(target, alpha, left, right.transpose());
    if (!at && !bt) accumulate(target, alpha, left, right);
}

// C = beta C + the pieces, first to last.
template <class T>
void addPieces(const Arena& arena, const T* pieces, std::int64_t count, std::int64_t m, std::int64_t n, T beta, T* c, std::int64_t strideC) {
    constexpr std::int64_t kElementsPerTile = 1 << 14;
    arena.forRange(m, std::max<std::int64_t>(1, kElementsPerTile / std::max<std::int64_t>(1, n)), [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t row = begin; row < end; ++row) {
            T* target = c + row * strideC;
            for (std::int64_t piece = 0; piece < count; ++piece) {
                const T* source = pieces + (piece * m + row) * n;
                const T keep = piece == 0 ? beta : T(1);
                if (keep == T(0)) {
                    std::copy(source, source + n, target);
                } else {
                    for (std::int64_t column = 0; column < n; ++column) target[column] = keep * target[column] + source[column];
                }
            }
        }
    });
}
}  // namespace

void fixEigenBlocking() {
    // Sizes that every processor of the last decade has a core; fixed, so that the order of summation is too.
    static const bool fixed = [] {
        Eigen::setCpuCacheSizes(32 * 1024, 512 * 1024, 4 * 1024 * 1024);
        return true;
    }();
    static_cast<void>(fixed);
}

template <class T>
void gemmSerial(std::int64_t m, std::int64_t n, std::int64_t k, T alpha, MatrixOperand<T> a, MatrixOperand<T> b, T beta, T* c,
                std::int64_t strideC) {
    fixEigenBlocking();
    product(m, n, k, alpha, a, b, beta, c, strideC);
}

template <class T>
std::size_t gemmScratchBytes(std::int64_t m, std::int64_t n, std::int64_t k) {
    const Cut cut = cutOf(m, n, k, true);
    return cut.pieces == 1 ? 0 : static_cast<std::size_t>(cut.pieces * m * n) * sizeof(T);
}

template <class T>
void gemm(const Arena& arena, std::int64_t m, std::int64_t n, std::int64_t k, T alpha, MatrixOperand<T> a, MatrixOperand<T> b, T beta,
          T* c, std::int64_t strideC, std::byte* scratch) {
    assert(m >= 0 && n >= 0 && k >= 0);
    if (m == 0 || n == 0) return;
    fixEigenBlocking();
    const Cut cut = cutOf(m, n, k, scratch != nullptr);
    const std::int64_t down = tilesOf(m, cut.rows);
    const std::int64_t across = tilesOf(n, cut.columns);
    T* const pieces = reinterpret_cast<T*>(scratch);
    arena.forTiles(down * across * cut.pieces, [&](std::int64_t tile) {
        const std::int64_t piece = tile / (down * across);
        const std::int64_t row = tile % (down * across) / across * cut.rows;
        const std::int64_t column = tile % across * cut.columns;
        const std::int64_t rows = std::min(cut.rows, m - row);
        const std::int64_t columns = std::min(cut.columns, n - column);
        const std::int64_t first = k * piece / cut.pieces;
        const std::int64_t inner = k * (piece + 1) / cut.pieces - first;
        if (cut.pieces == 1) {
            product(rows, columns, k, alpha, shifted(a, row, 0), shifted(b, 0, column), beta, c + row * strideC + column, strideC);
        } else {
            product(rows, columns, inner, alpha, shifted(a, row, first), shifted(b, first, column), T(0), pieces + (piece * m + row) * n + column, n);
        }
    });
    if (cut.pieces > 1) addPieces(arena, pieces, cut.pieces, m, n, beta, c, strideC);
}

template void gemm(const Arena&, std::int64_t, std::int64_t, std::int64_t, float, MatrixOperand<float>, MatrixOperand<float>, float, float*,
                   std::int64_t, std::byte*);
template void gemm(const Arena&, std::int64_t, std::int64_t, std::int64_t, double, MatrixOperand<double>, MatrixOperand<double>, double,
                   double*, std::int64_t, std::byte*);
template void gemmSerial(std::int64_t, std::int64_t, std::int64_t, float, MatrixOperand<float>, MatrixOperand<float>, float, float*, std::int64_t);
template void gemmSerial(std::int64_t, std::int64_t, std::int64_t, double, MatrixOperand<double>, MatrixOperand<double>, double, double*,
                         std::int64_t);
template std::size_t gemmScratchBytes<float>(std::int64_t, std::int64_t, std::int64_t);
template std::size_t gemmScratchBytes<double>(std::int64_t, std::int64_t, std::int64_t);

}  // namespace gradlens
