// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/attention.h"

#include "core/kernels/gemm.h"
#include "core/kernels/softmax.h"

#include <cmath>
#include <limits>

namespace gradlens {

namespace {
// How many keys query t may look at.
std::int64_t visibleKeys(const AttentionGeometry& g, std::int64_t t) {
    return g.causal && t + 1 < g.keys ? t + 1 : g.keys;
}

template <class T>
void scoresOf(const AttentionGeometry& g, const T* query, std::int64_t queryRow, const T* key, std::int64_t keyRow,
              T* scores) {
    gemmSerial<T>(g.queries, g.keys, g.size, static_cast<T>(g.scale), {query, queryRow}, {key, keyRow, Transposed::Yes},
                  T(0), scores, g.keys);
}

template <class T>
void hideMasked(const T* mask, std::int64_t count, T* scores) {
    if (mask == nullptr) return;
    for (std::int64_t s = 0; s < count; ++s)
        scores[s] = mask[s] > T(0) ? scores[s] : -std::numeric_limits<T>::infinity();
}

// scores become probabilities; gives the logarithm of their sum before. Nothing visible: zeros and infinity, so that
// the way back gets zeros too.
template <class T>
T softmaxOfVisible(std::int64_t visible, std::int64_t keys, T* scores) {
    T largest = -std::numeric_limits<T>::infinity();
    bool nan = false;
    for (std::int64_t s = 0; s < visible; ++s) {
        largest = scores[s] > largest ? scores[s] : largest;
        nan |= scores[s] != scores[s];
    }
    T logSum = std::numeric_limits<T>::infinity();
    if (nan) logSum = std::numeric_limits<T>::quiet_NaN();
    if (nan || largest > -std::numeric_limits<T>::infinity()) {
        for (std::int64_t s = 0; s < visible; ++s) scores[s] = exponential(scores[s] - largest);
        const T sum = laneSum<T>(visible, [&](std::int64_t s) { return scores[s]; });
        for (std::int64_t s = 0; s < visible; ++s) scores[s] /= sum;
        if (!nan) logSum = largest + std::log(sum);
    } else {
        for (std::int64_t s = 0; s < visible; ++s) scores[s] = T(0);
    }
    for (std::int64_t s = visible; s < keys; ++s) scores[s] = T(0);
    return logSum;
}
}  // namespace

template <class T>
void attentionForward(const Arena& arena, const AttentionGeometry& g, HeadRows<const T> query, HeadRows<const T> key,
                      HeadRows<const T> value, const T* mask, HeadRows<T> output, T* logSums) {
    arena.forTiles(g.tiles(), [&](std::int64_t tile) {
        const std::int64_t n = tile / g.heads, h = tile % g.heads;
        T* const scores =
            reinterpret_cast<T*>(arena.workerScratch(static_cast<std::size_t>(g.queries * g.keys) * sizeof(T)));
        scoresOf<T>(g, query.at(n, h), query.row, key.at(n, h), key.row, scores);
        for (std::int64_t t = 0; t < g.queries; ++t) {
            T* const row = scores + t * g.keys;
            const std::int64_t visible = visibleKeys(g, t);
            hideMasked(mask != nullptr ? mask + n * g.keys : nullptr, visible, row);
            logSums[tile * g.queries + t] = softmaxOfVisible(visible, g.keys, row);
        }
        gemmSerial<T>(g.queries, g.valueSize, g.keys, T(1), {scores, g.keys}, {value.at(n, h), value.row}, T(0),
                      output.at(n, h), output.row);
    });
}

template <class T>
void attentionBackward(const Arena& arena, const AttentionGeometry& g, HeadRows<const T> query, HeadRows<const T> key,
                       HeadRows<const T> value, const T* mask, const T* logSums, HeadRows<const T> gradOutput,
                       HeadRows<T> gradQuery, HeadRows<T> gradKey, HeadRows<T> gradValue) {
    const std::int64_t area = g.queries * g.keys;
    arena.forTiles(g.tiles(), [&](std::int64_t tile) {
        const std::int64_t n = tile / g.heads, h = tile % g.heads;
        T* const probabilities =
            reinterpret_cast<T*>(arena.workerScratch(2 * static_cast<std::size_t>(area) * sizeof(T)));
        T* const gradScores = probabilities + area;
        scoresOf<T>(g, query.at(n, h), query.row, key.at(n, h), key.row, probabilities);
        for (std::int64_t t = 0; t < g.queries; ++t) {
            T* const row = probabilities + t * g.keys;
            const std::int64_t visible = visibleKeys(g, t);
            hideMasked(mask != nullptr ? mask + n * g.keys : nullptr, visible, row);
            const T logSum = logSums[tile * g.queries + t];
            for (std::int64_t s = 0; s < visible; ++s) row[s] = exponential(row[s] - logSum);
            for (std::int64_t s = visible; s < g.keys; ++s) row[s] = T(0);
        }
        if (gradValue.data != nullptr)
            gemmSerial<T>(g.keys, g.valueSize, g.queries, T(1), {probabilities, g.keys, Transposed::Yes},
                          {gradOutput.at(n, h), gradOutput.row}, T(0), gradValue.at(n, h), gradValue.row);
        if (gradQuery.data == nullptr && gradKey.data == nullptr) return;
        gemmSerial<T>(g.queries, g.keys, g.valueSize, T(1), {gradOutput.at(n, h), gradOutput.row},
                      {value.at(n, h), value.row, Transposed::Yes}, T(0), gradScores, g.keys);
        for (std::int64_t t = 0; t < g.queries; ++t) {
            const T* row = probabilities + t * g.keys;
            T* const grad = gradScores + t * g.keys;
            const T dot = laneSum<T>(visibleKeys(g, t), [&](std::int64_t s) { return row[s] * grad[s]; });
            for (std::int64_t s = 0; s < g.keys; ++s) grad[s] = row[s] * (grad[s] - dot);
        }
        if (gradQuery.data != nullptr)
            gemmSerial<T>(g.queries, g.size, g.keys, static_cast<T>(g.scale), {gradScores, g.keys},
                          {key.at(n, h), key.row}, T(0), gradQuery.at(n, h), gradQuery.row);
        if (gradKey.data != nullptr)
            gemmSerial<T>(g.keys, g.size, g.queries, static_cast<T>(g.scale), {gradScores, g.keys, Transposed::Yes},
                          {query.at(n, h), query.row}, T(0), gradKey.at(n, h), gradKey.row);
    });
}

#define GRADLENS_INSTANTIATE(T)                                                                                      \
    template void attentionForward<T>(const Arena&, const AttentionGeometry&, HeadRows<const T>, HeadRows<const T>,  \
                                      HeadRows<const T>, const T*, HeadRows<T>, T*);                                 \
    template void attentionBackward<T>(const Arena&, const AttentionGeometry&, HeadRows<const T>, HeadRows<const T>, \
                                       HeadRows<const T>, const T*, const T*, HeadRows<const T>, HeadRows<T>,        \
                                       HeadRows<T>, HeadRows<T>);
GRADLENS_INSTANTIATE(float)
GRADLENS_INSTANTIATE(double)
#undef GRADLENS_INSTANTIATE

}  // namespace gradlens
