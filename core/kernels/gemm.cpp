// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/gemm.h"

#include "core/kernels/gemm_block.h"
#include "core/tensor/buffer_pool.h"

#include <cassert>

namespace gradlens {

namespace {
using namespace gemm_block;

constexpr double kSerialFlops = 4e6;  // about 50 microseconds on one core
constexpr double kTileFlops = 5e6;
constexpr std::int64_t kTileRows = 192;      // times kInner: rows of A that stay in the second cache
constexpr std::int64_t kLongInner = 16;      // times the larger other extent: then the inner one is split
constexpr std::int64_t kPieceOfInner = 512;  // into pieces at least this long
constexpr std::int64_t kMostPieces = 8;
constexpr std::int64_t kPanelsThatPay = 16;  // of B, for packing A ...
constexpr double kFlopsThatPay = 3e7;        // ... in a product this large
constexpr std::int64_t kRowBlocksAtATime = 16;
constexpr std::size_t kDirectBytes = 24 * 1024;  // a B this small is read where it is

std::int64_t ceilDivide(std::int64_t a, std::int64_t b) {
    return (a + b - 1) / b;
}

double flopsOf(std::int64_t m, std::int64_t n, std::int64_t k) {
    return 2.0 * static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k);
}

// How one product is cut: by its extents alone. Tiles are whole blocks of rows by whole panels of columns.
struct Cut {
    std::int64_t rowTiles = 1, panelsPerTile, columnTiles = 1;
    std::int64_t pieces = 1;  // of the inner extent
};

template <class T>
Cut cutOf(std::int64_t m, std::int64_t n, std::int64_t k, bool mayCutInner) {
    const std::int64_t panels = ceilDivide(n, kColumns<T>);
    Cut cut{1, panels};
    if (flopsOf(m, n, k) < kSerialFlops) return cut;
    if (mayCutInner && k >= kLongInner * std::max(m, n))
        cut.pieces = std::clamp<std::int64_t>(k / kPieceOfInner, 1, kMostPieces);
    if (cut.pieces > 1) return cut;
    cut.rowTiles = ceilDivide(m, kTileRows);
    const double panelFlops = flopsOf(ceilDivide(m, cut.rowTiles), kColumns<T>, k);
    cut.panelsPerTile = std::clamp<std::int64_t>(static_cast<std::int64_t>(kTileFlops / panelFlops), 1, panels);
    cut.columnTiles = ceilDivide(panels, cut.panelsPerTile);
    return cut;
}

// op(X) from (row, column) on.
template <class T>
MatrixOperand<T> shifted(MatrixOperand<T> x, std::int64_t row, std::int64_t column) {
    x.data += x.transposed == Transposed::Yes ? column * x.stride + row : row * x.stride + column;
    return x;
}

// One product, or a piece of its inner extent.
template <class T>
struct Product {
    std::int64_t m, n, k;
    T alpha;
    MatrixOperand<T> a, b;
    T beta;
    T* c;
    std::int64_t strideC;
    GemmFinish<T> finish;
    const T* packedA = nullptr;  // all of A in row blocks, where not null
    const T* packedB = nullptr;  // all of B in panels, where not null

    std::int64_t innerBlocks() const { return std::max<std::int64_t>(1, ceilDivide(k, kInner)); }
    std::int64_t panels() const { return ceilDivide(n, kColumns<T>); }
    std::int64_t columnsOf(std::int64_t panel) const {
        return std::min<std::int64_t>(kColumns<T>, n - panel * kColumns<T>);
    }
    int vectorsOf(std::int64_t panel) const { return columnsOf(panel) <= simd::kLanes<T> ? 1 : kVectors; }
    std::int64_t widthOf(std::int64_t panel) const { return vectorsOf(panel) * simd::kLanes<T>; }
    std::int64_t innerBegin(std::int64_t block) const { return k * block / innerBlocks(); }
    bool readsBInPlace(std::int64_t panel) const {
        return b.transposed == Transposed::No && columnsOf(panel) == widthOf(panel) &&
               static_cast<std::size_t>(k * n) * sizeof(T) <= kDirectBytes;
    }
    // A row block of A^T where it is packed: [inner][row], as many rows as the block has.
    std::int64_t packedRows(std::int64_t block, std::int64_t row) const {
        const std::int64_t begin = innerBegin(block);
        return begin * m + (innerBegin(block + 1) - begin) * row;
    }
    // A stretch of the inner extent at a time, so that A is read line by line.
    void packRowBlocks(std::int64_t block, std::int64_t begin, std::int64_t end, T* packed) const {
        constexpr std::int64_t kStretch = 16;
        const RowBlocks rows(m);
        const std::int64_t first = innerBegin(block), length = innerBegin(block + 1) - first;
        for (std::int64_t i = 0; i < length; i += kStretch) {
            for (std::int64_t at = begin; at < end; ++at) {
                const std::int64_t row = rows.begin(at), height = rows.begin(at + 1) - row;
                const T* from = a.data + (first + i) * a.stride + row;
                T* to = packed + packedRows(block, row) + i * height;
                for (std::int64_t step = std::min(kStretch, length - i); step > 0;
                     --step, from += a.stride, to += height)
                    simd::copyRun(from, height, to);
            }
        }
    }
    T* packedPanel(T* packed, std::int64_t block, std::int64_t panel) const {
        const std::int64_t begin = innerBegin(block);
        return packed + (begin * panels() + (innerBegin(block + 1) - begin) * panel) * kColumns<T>;
    }

    void packPanel(std::int64_t block, std::int64_t panel, T* to) const {
        const std::int64_t begin = innerBegin(block);
        const MatrixOperand<T> from = shifted(b, begin, panel * kColumns<T>);
        const auto pack = b.transposed == Transposed::Yes ? packTransposed<T> : packStraight<T>;
        pack(innerBegin(block + 1) - begin, columnsOf(panel), from.data, from.stride, to, widthOf(panel));
    }

    // One panel of columns, a block of the inner extent, and the row blocks from begin to end.
    void sweep(std::int64_t block, std::int64_t panel, const T* panelData, std::int64_t strideB, std::int64_t begin,
               std::int64_t end) const {
        const std::int64_t inner = innerBegin(block);
        const std::int64_t length = innerBegin(block + 1) - inner;
        const std::int64_t column = panel * kColumns<T>;
        const RowBlocks rows(m);
        const bool across = a.transposed == Transposed::No;
        const int vectors = vectorsOf(panel);
        Target<T> target{nullptr,
                         strideC,
                         columnsOf(panel),
                         alpha,
                         block == 0 ? beta : T(1),
                         block == 0 && finish.bias != nullptr ? finish.bias + column : nullptr};
        for (std::int64_t i = begin; i < end; ++i) {
            const std::int64_t row = rows.begin(i), height = rows.begin(i + 1) - row;
            target.c = c + row * strideC + column;
            const bool packed = packedA != nullptr;
            multiplyFor<T>(height, vectors, across)(
                length, packed ? packedA + packedRows(block, row) : shifted(a, row, inner).data,
                packed ? height : a.stride, panelData, strideB, target);
        }
    }

    void tile(std::int64_t rowBegin, std::int64_t rowEnd, std::int64_t panelBegin, std::int64_t panelEnd) const {
        alignas(simd::kVectorBytes) T own[static_cast<std::size_t>(kInner * kColumns<T>)];
        for (std::int64_t block = 0; block < innerBlocks(); ++block) {
            for (std::int64_t panel = panelBegin; panel < panelEnd; ++panel) {
                if (packedB != nullptr) {
                    sweep(block, panel, packedPanel(const_cast<T*>(packedB), block, panel), widthOf(panel), rowBegin,
                          rowEnd);
                } else if (readsBInPlace(panel)) {
                    sweep(block, panel, shifted(b, innerBegin(block), panel * kColumns<T>).data, b.stride, rowBegin,
                          rowEnd);
                } else {
                    packPanel(block, panel, own);
                    sweep(block, panel, own, widthOf(panel), rowBegin, rowEnd);
                }
            }
        }
        if (finish.apply == nullptr) return;
        const RowBlocks rows(m);
        const std::int64_t column = panelBegin * kColumns<T>;
        const std::int64_t columns = std::min(n, panelEnd * kColumns<T>) - column;
        for (std::int64_t row = rows.begin(rowBegin); row < rows.begin(rowEnd); ++row)
            finish.apply(finish.context, c + row * strideC + column, columns);
    }
};

// C = beta C + bias + the pieces, first to last, then the finish.
template <class T>
void addPieces(const Arena& arena, const T* pieces, std::int64_t count, const Product<T>& whole) {
    constexpr std::int64_t kElementsPerTile = 1 << 14;
    const std::int64_t m = whole.m;
    const std::int64_t n = whole.n;
    arena.forRange(m, std::max<std::int64_t>(1, kElementsPerTile / std::max<std::int64_t>(1, n)),
                   [&](std::int64_t begin, std::int64_t end) {
                       for (std::int64_t row = begin; row < end; ++row) {
                           T* target = whole.c + row * whole.strideC;
                           for (std::int64_t piece = 0; piece < count; ++piece) {
                               const T* source = pieces + (piece * m + row) * n;
                               const T keep = piece == 0 ? whole.beta : T(1);
                               if (keep == T(0)) {
                                   std::copy(source, source + n, target);
                               } else {
                                   for (std::int64_t column = 0; column < n; ++column)
                                       target[column] = keep * target[column] + source[column];
                               }
                           }
                           if (whole.finish.bias != nullptr)
                               for (std::int64_t column = 0; column < n; ++column)
                                   target[column] += whole.finish.bias[column];
                           if (whole.finish.apply != nullptr) whole.finish.apply(whole.finish.context, target, n);
                       }
                   });
}

// Memory of the calling thread for packed operands; grows, never shrinks.
template <class T>
T* packingMemory(std::int64_t elements) {
    thread_local Buffer buffer;
    thread_local std::int64_t size = 0;
    if (elements > size) {
        buffer.reset();
        size = 0;
        buffer = allocateBuffer(static_cast<std::size_t>(elements) * sizeof(T));
        size = elements;
    }
    return reinterpret_cast<T*>(buffer.get());
}
template <class T>
bool paysToPackA(const Product<T>& whole) {
    return whole.a.transposed == Transposed::Yes && whole.panels() >= kPanelsThatPay &&
           flopsOf(whole.m, whole.n, whole.k) >= kFlopsThatPay;
}

// Packs, before the tiles run, what several of them would pack again: B when there is more than one row of tiles, and A
// when it is stored the other way round and the rows of C are long enough to pay for it.
template <class T>
void packShared(const Arena& arena, const Cut& cut, Product<T>& whole) {
    const RowBlocks rows(whole.m);
    const std::int64_t panelGroups = cut.rowTiles > 1 ? cut.columnTiles : 0;
    const std::int64_t rowGroups = paysToPackA(whole) ? ceilDivide(rows.count, kRowBlocksAtATime) : 0;
    const std::int64_t groups = panelGroups + rowGroups;
    if (groups == 0) return;
    const std::int64_t elementsOfB = panelGroups > 0 ? whole.k * whole.panels() * kColumns<T> : 0;
    T* const packedB = packingMemory<T>(elementsOfB + (rowGroups > 0 ? whole.m * whole.k : 0));
    T* const packedA = packedB + elementsOfB;
    arena.forTiles(whole.innerBlocks() * groups, [&](std::int64_t tile) {
        const std::int64_t block = tile / groups;
        const std::int64_t group = tile % groups;
        if (group >= panelGroups) {
            const std::int64_t begin = (group - panelGroups) * kRowBlocksAtATime;
            return whole.packRowBlocks(block, begin, std::min(rows.count, begin + kRowBlocksAtATime), packedA);
        }
        const std::int64_t begin = group * cut.panelsPerTile;
        for (std::int64_t panel = begin; panel < std::min(whole.panels(), begin + cut.panelsPerTile); ++panel)
            whole.packPanel(block, panel, whole.packedPanel(packedB, block, panel));
    });
    if (panelGroups > 0) whole.packedB = packedB;
    if (rowGroups > 0) whole.packedA = packedA;
}
}  // namespace

template <class T>
void gemmSerial(std::int64_t m, std::int64_t n, std::int64_t k, T alpha, MatrixOperand<T> a, MatrixOperand<T> b, T beta,
                T* c, std::int64_t strideC, const GemmFinish<T>& finish) {
    if (m == 0 || n == 0) return;
    const Product<T> product{m, n, k, alpha, a, b, beta, c, strideC, finish};
    product.tile(0, RowBlocks(m).count, 0, product.panels());
}

template <class T>
std::size_t gemmScratchBytes(std::int64_t m, std::int64_t n, std::int64_t k) {
    const Cut cut = cutOf<T>(m, n, k, true);
    return cut.pieces == 1 ? 0 : static_cast<std::size_t>(cut.pieces * m * n) * sizeof(T);
}

template <class T>
void gemm(const Arena& arena, std::int64_t m, std::int64_t n, std::int64_t k, T alpha, MatrixOperand<T> a,
          MatrixOperand<T> b, T beta, T* c, std::int64_t strideC, std::byte* scratch, const GemmFinish<T>& finish) {
    assert(m >= 0 && n >= 0 && k >= 0);
    if (m == 0 || n == 0) return;
    const Cut cut = cutOf<T>(m, n, k, scratch != nullptr);
    const std::int64_t tiles = cut.rowTiles * cut.columnTiles;
    if (tiles * cut.pieces == 1) return gemmSerial(m, n, k, alpha, a, b, beta, c, strideC, finish);
    Product<T> whole{m, n, k, alpha, a, b, beta, c, strideC, finish};
    if (cut.pieces == 1) packShared(arena, cut, whole);
    T* const pieces = reinterpret_cast<T*>(scratch);
    const RowBlocks rows(m);
    arena.forTiles(tiles * cut.pieces, [&](std::int64_t index) {
        const std::int64_t piece = index / tiles;
        const std::int64_t row = index % tiles / cut.columnTiles;
        const std::int64_t begin = index % cut.columnTiles * cut.panelsPerTile;
        const std::int64_t end = std::min(whole.panels(), begin + cut.panelsPerTile);
        Product<T> part = whole;
        if (cut.pieces > 1) {
            const std::int64_t first = k * piece / cut.pieces;
            part = {m,
                    n,
                    k * (piece + 1) / cut.pieces - first,
                    alpha,
                    shifted(a, 0, first),
                    shifted(b, first, 0),
                    T(0),
                    pieces + piece * m * n,
                    n,
                    {}};
        }
        part.tile(rows.count * row / cut.rowTiles, rows.count * (row + 1) / cut.rowTiles, begin, end);
    });
    if (cut.pieces > 1) addPieces(arena, pieces, cut.pieces, whole);
}

template void gemm(const Arena&, std::int64_t, std::int64_t, std::int64_t, float, MatrixOperand<float>,
                   MatrixOperand<float>, float, float*, std::int64_t, std::byte*, const GemmFinish<float>&);
template void gemm(const Arena&, std::int64_t, std::int64_t, std::int64_t, double, MatrixOperand<double>,
                   MatrixOperand<double>, double, double*, std::int64_t, std::byte*, const GemmFinish<double>&);
template void gemmSerial(std::int64_t, std::int64_t, std::int64_t, float, MatrixOperand<float>, MatrixOperand<float>,
                         float, float*, std::int64_t, const GemmFinish<float>&);
template void gemmSerial(std::int64_t, std::int64_t, std::int64_t, double, MatrixOperand<double>, MatrixOperand<double>,
                         double, double*, std::int64_t, const GemmFinish<double>&);
template std::size_t gemmScratchBytes<float>(std::int64_t, std::int64_t, std::int64_t);
template std::size_t gemmScratchBytes<double>(std::int64_t, std::int64_t, std::int64_t);

}  // namespace gradlens
