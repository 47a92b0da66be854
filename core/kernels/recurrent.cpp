// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/recurrent.h"

#include "core/kernels/gemm.h"
#include "core/kernels/sums.h"
#include "core/kernels/transcendental.h"

#include <algorithm>
#include <cstring>

namespace gradlens {

namespace {
constexpr std::size_t kAlignment = 64;
// Sequences a tile: enough rows for the products to be worth packing, few enough for several tiles.
constexpr std::int64_t kTileRows = 16;

template <class T>
std::size_t bytesOf(std::int64_t count) {
    return (static_cast<std::size_t>(count) * sizeof(T) + kAlignment - 1) / kAlignment * kAlignment;
}

// Hands out pieces of a block of memory one after the other.
class Pieces {
public:
    explicit Pieces(std::byte* memory) : m_next(memory) {}
    template <class T>
    T* take(std::int64_t count) {
        T* const piece = reinterpret_cast<T*>(m_next);
        m_next += bytesOf<T>(count);
        return piece;
    }

private:
    std::byte* m_next;
};

// One sequence at one step, forward. gates: in, the input's part with its bias; out, after their functions. hiddenPart:
// the state's part with its bias. previous and cellBefore are null at the first step.
template <class T>
void lstmForward(std::int64_t h, T* gates, const T* hiddenPart, const T* cellBefore, T* cell, T* state) {
    for (std::int64_t j = 0; j < 2 * h; ++j) gates[j] = logistic(gates[j] + hiddenPart[j]);
    for (std::int64_t j = 2 * h; j < 3 * h; ++j) gates[j] = hyperbolicTangent(gates[j] + hiddenPart[j]);
    for (std::int64_t j = 3 * h; j < 4 * h; ++j) gates[j] = logistic(gates[j] + hiddenPart[j]);
    for (std::int64_t j = 0; j < h; ++j) {
        const T kept = cellBefore != nullptr ? gates[h + j] * cellBefore[j] : T(0);
        cell[j] = kept + gates[j] * gates[2 * h + j];
        state[j] = gates[3 * h + j] * hyperbolicTangent(cell[j]);
    }
}

template <class T>
void gruForward(std::int64_t h, T* gates, const T* hiddenPart, const T* previous, T* hiddenOfN, T* state) {
    for (std::int64_t j = 0; j < 2 * h; ++j) gates[j] = logistic(gates[j] + hiddenPart[j]);
    for (std::int64_t j = 0; j < h; ++j) {
        hiddenOfN[j] = hiddenPart[2 * h + j];
        const T n = hyperbolicTangent(gates[2 * h + j] + gates[j] * hiddenOfN[j]);
        gates[2 * h + j] = n;
        state[j] = (T(1) - gates[h + j]) * n + (previous != nullptr ? gates[h + j] * previous[j] : T(0));
    }
}

template <class T>
void plainForward(Cell cell, std::int64_t h, T* gates, const T* hiddenPart, T* state) {
    if (cell == Cell::Tanh) {
        for (std::int64_t j = 0; j < h; ++j) state[j] = gates[j] = hyperbolicTangent(gates[j] + hiddenPart[j]);
    } else {
        for (std::int64_t j = 0; j < h; ++j) {
            const T sum = gates[j] + hiddenPart[j];
            state[j] = gates[j] = sum < T(0) ? T(0) : sum;  // a NaN goes through
        }
    }
}

// The way back. gradState: dL/dh of this step. gradCell: in, what comes from the step after; out, for the step before.
// gradGates: dL/d(sum before each function).
template <class T>
void lstmBackward(std::int64_t h, const T* gates, const T* cellBefore, const T* cell, const T* gradState, T* gradCell,
                  T* gradGates) {
    for (std::int64_t j = 0; j < h; ++j) {
        const T i = gates[j], f = gates[h + j], g = gates[2 * h + j], o = gates[3 * h + j];
        const T tangent = hyperbolicTangent(cell[j]);
        const T inner = gradCell[j] + gradState[j] * o * (T(1) - tangent * tangent);
        gradGates[j] = inner * g * i * (T(1) - i);
        gradGates[h + j] = cellBefore != nullptr ? inner * cellBefore[j] * f * (T(1) - f) : T(0);
        gradGates[2 * h + j] = inner * i * (T(1) - g * g);
        gradGates[3 * h + j] = gradState[j] * tangent * o * (T(1) - o);
        gradCell[j] = inner * f;
    }
}

// gradHidden: like gradGates but by the state's part of the sums; direct: what reaches the state before without a
// product.
template <class T>
void gruBackward(std::int64_t h, const T* gates, const T* previous, const T* hiddenOfN, const T* gradState, T* direct,
                 T* gradGates, T* gradHidden) {
    for (std::int64_t j = 0; j < h; ++j) {
        const T r = gates[j], z = gates[h + j], n = gates[2 * h + j];
        const T before = previous != nullptr ? previous[j] : T(0);
        const T gradN = gradState[j] * (T(1) - z) * (T(1) - n * n);
        gradGates[j] = gradHidden[j] = gradN * hiddenOfN[j] * r * (T(1) - r);
        gradGates[h + j] = gradHidden[h + j] = gradState[j] * (before - n) * z * (T(1) - z);
        gradGates[2 * h + j] = gradN;
        gradHidden[2 * h + j] = gradN * r;
        direct[j] = gradState[j] * z;
    }
}

template <class T>
void plainBackward(Cell cell, std::int64_t h, const T* gates, const T* gradState, T* gradGates) {
    if (cell == Cell::Tanh) {
        for (std::int64_t j = 0; j < h; ++j) gradGates[j] = gradState[j] * (T(1) - gates[j] * gates[j]);
    } else {
        for (std::int64_t j = 0; j < h; ++j)
            gradGates[j] = gates[j] > T(0) ? gradState[j] : (gates[j] == T(0) ? T(0) : gates[j] * gradState[j]);
    }
}

// Calls body(first sequence, count) for each tile.
template <class Body>
void forSequences(const Arena& arena, std::int64_t batch, Body body) {
    arena.forTiles((batch + kTileRows - 1) / kTileRows, [&](std::int64_t tile) {
        const std::int64_t first = tile * kTileRows;
        body(first, std::min(kTileRows, batch - first));
    });
}
}  // namespace

template <class T>
void recurrentForward(const Arena& arena, const RecurrentGeometry& g, const T* input,
                      const RecurrentWeights<T>& weights, T* output, T* gates, T* extra) {
    const std::int64_t h = g.hidden, width = g.gates() * h;
    gemm<T>(arena, g.rows(), width, g.features, T(1), {input, g.features},
            {weights.weightIh, g.features, Transposed::Yes}, T(0), gates, width, nullptr, {weights.biasIh});
    forSequences(arena, g.batch, [&](std::int64_t first, std::int64_t count) {
        T* const hiddenPart = reinterpret_cast<T*>(arena.workerScratch(bytesOf<T>(count * width)));
        for (std::int64_t k = 0; k < g.steps; ++k) {
            const std::int64_t t = g.reverse ? g.steps - 1 - k : k;
            const std::int64_t before = g.reverse ? t + 1 : t - 1;
            const auto stateAt = [&](std::int64_t n, std::int64_t step) {
                return output + (n * g.steps + step) * g.outputStride;
            };
            if (k > 0) {
                gemmSerial<T>(count, width, h, T(1), {stateAt(first, before), g.steps * g.outputStride},
                              {weights.weightHh, h, Transposed::Yes}, T(0), hiddenPart, width, {weights.biasHh});
            } else {
                for (std::int64_t row = 0; row < count; ++row)
                    for (std::int64_t j = 0; j < width; ++j)
                        hiddenPart[row * width + j] = weights.biasHh != nullptr ? weights.biasHh[j] : T(0);
            }
            for (std::int64_t row = 0; row < count; ++row) {
                const std::int64_t n = first + row;
                T* const gate = gates + (n * g.steps + t) * width;
                T* const kept = extra != nullptr ? extra + (n * g.steps + t) * h : nullptr;
                const T* const part = hiddenPart + row * width;
                if (g.cell == Cell::Lstm)
                    lstmForward(h, gate, part, k > 0 ? extra + (n * g.steps + before) * h : nullptr, kept,
                                stateAt(n, t));
                else if (g.cell == Cell::Gru)
                    gruForward<T>(h, gate, part, k > 0 ? stateAt(n, before) : nullptr, kept, stateAt(n, t));
                else
                    plainForward(g.cell, h, gate, part, stateAt(n, t));
            }
        }
    });
}

template <class T>
std::size_t recurrentBackwardScratch(const RecurrentGeometry& g) {
    const std::int64_t width = g.gates() * g.hidden;
    const std::size_t products =
        std::max(gemmScratchBytes<T>(width, g.hidden, g.rows()), gemmScratchBytes<T>(width, g.features, g.rows()));
    return bytesOf<T>(g.rows() * width) * (g.cell == Cell::Gru ? 2 : 1) + bytesOf<T>(g.rows() * g.hidden) + products;
}

template <class T>
void recurrentBackward(const Arena& arena, const RecurrentGeometry& g, const T* input,
                       const RecurrentWeights<T>& weights, const T* output, const T* gates, const T* extra,
                       const T* gradOutput, T* gradInput, bool accumulate, const RecurrentGradients<T>& gradients,
                       std::byte* scratch) {
    const std::int64_t h = g.hidden, width = g.gates() * h, rows = g.rows();
    Pieces pieces(scratch);
    T* const gradGates = pieces.take<T>(rows * width);
    T* const gradHidden = g.cell == Cell::Gru ? pieces.take<T>(rows * width) : gradGates;
    T* const previous = pieces.take<T>(rows * h);  // the state before each step, side by side
    std::byte* const productScratch = pieces.take<std::byte>(0);
    forSequences(arena, g.batch, [&](std::int64_t first, std::int64_t count) {
        Pieces local(arena.workerScratch(2 * bytesOf<T>(count * h)));
        T* const gradState = local.take<T>(count * h);  // what comes from the step after
        T* const carried = local.take<T>(count * h);    // LSTM: dL/dc; GRU: the direct part
        std::fill_n(gradState, count * h, T(0));
        std::fill_n(carried, count * h, T(0));
        for (std::int64_t k = g.steps - 1; k >= 0; --k) {
            const std::int64_t t = g.reverse ? g.steps - 1 - k : k;
            const std::int64_t before = g.reverse ? t + 1 : t - 1;
            for (std::int64_t row = 0; row < count; ++row) {
                const std::int64_t at = (first + row) * g.steps + t, back = (first + row) * g.steps + before;
                T* const grad = gradState + row * h;
                T* const carry = carried + row * h;
                for (std::int64_t j = 0; j < h; ++j) grad[j] += gradOutput[at * g.outputStride + j];
                const T* const stateBefore = k > 0 ? output + back * g.outputStride : nullptr;
                if (k > 0)
                    std::memcpy(previous + at * h, stateBefore, static_cast<std::size_t>(h) * sizeof(T));
                else
                    std::fill_n(previous + at * h, h, T(0));
                if (g.cell == Cell::Lstm)
                    lstmBackward(h, gates + at * width, k > 0 ? extra + back * h : nullptr, extra + at * h, grad, carry,
                                 gradGates + at * width);
                else if (g.cell == Cell::Gru)
                    gruBackward(h, gates + at * width, stateBefore, extra + at * h, grad, carry, gradGates + at * width,
                                gradHidden + at * width);
                else
                    plainBackward(g.cell, h, gates + at * width, grad, gradGates + at * width);
            }
            if (k == 0) break;
            gemmSerial<T>(count, h, width, T(1), {gradHidden + (first * g.steps + t) * width, g.steps * width},
                          {weights.weightHh, h}, T(0), gradState, h);
            if (g.cell == Cell::Gru)
                for (std::int64_t j = 0; j < count * h; ++j) gradState[j] += carried[j];
        }
    });
    if (gradients.weightHh != nullptr)
        gemm<T>(arena, width, h, rows, T(1), {gradHidden, width, Transposed::Yes}, {previous, h}, T(0),
                gradients.weightHh, h, productScratch);
    if (gradients.weightIh != nullptr)
        gemm<T>(arena, width, g.features, rows, T(1), {gradGates, width, Transposed::Yes}, {input, g.features}, T(0),
                gradients.weightIh, g.features, productScratch);
    if (gradients.biasIh != nullptr) sumRows<T>(arena, rows, width, gradGates, gradients.biasIh);
    if (gradients.biasHh != nullptr) sumRows<T>(arena, rows, width, gradHidden, gradients.biasHh);
    if (gradInput != nullptr)
        gemm<T>(arena, rows, g.features, width, T(1), {gradGates, width}, {weights.weightIh, g.features},
                accumulate ? T(1) : T(0), gradInput, g.features);
}

#define GRADLENS_INSTANTIATE(T)                                                                                        \
    template void recurrentForward<T>(const Arena&, const RecurrentGeometry&, const T*, const RecurrentWeights<T>&,    \
                                      T*, T*, T*);                                                                     \
    template void recurrentBackward<T>(const Arena&, const RecurrentGeometry&, const T*, const RecurrentWeights<T>&,   \
                                       const T*, const T*, const T*, const T*, T*, bool, const RecurrentGradients<T>&, \
                                       std::byte*);                                                                    \
    template std::size_t recurrentBackwardScratch<T>(const RecurrentGeometry&);
GRADLENS_INSTANTIATE(float)
GRADLENS_INSTANTIATE(double)
#undef GRADLENS_INSTANTIATE

}  // namespace gradlens
