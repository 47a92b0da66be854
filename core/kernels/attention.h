// SPDX-License-Identifier: GPL-3.0-or-later
// Scaled dot-product attention (Vaswani et al. 2017, eq. 1), a tile for each head of each sample so that the scores
// stay in the cache. Not the probabilities but the logarithm of each row's sum is kept; the way back computes them
// again (Dao et al. 2022). T is float or double.
#pragma once
#include "core/parallel/arena.h"

#include <cstddef>
#include <cstdint>

namespace gradlens {

// Where the rows of one operand lie: row t of head h of sample n begins at data + n * sample + h * head + t * row.
template <class T>
struct HeadRows {
    T* data = nullptr;
    std::int64_t sample = 0, head = 0, row = 0;
    T* at(std::int64_t n, std::int64_t h) const { return data + n * sample + h * head; }
};

struct AttentionGeometry {
    std::int64_t batch = 1, heads = 1, queries = 1, keys = 1, size = 1, valueSize = 1;
    bool causal = false;  // query t sees the keys up to t
    double scale = 1;     // of the scores

    std::int64_t tiles() const { return batch * heads; }
    double macs() const {
        return static_cast<double>(tiles()) * static_cast<double>(queries) * static_cast<double>(keys) *
               static_cast<double>(size + valueSize);
    }
};

// mask [batch, keys] or null: keys where it is not above 0 are not seen. A query that sees no key gives zeros. logSums
// [batch, heads, queries].
template <class T>
void attentionForward(const Arena& arena, const AttentionGeometry& g, HeadRows<const T> query, HeadRows<const T> key,
                      HeadRows<const T> value, const T* mask, HeadRows<T> output, T* logSums);

// Gradients without data are not wanted.
template <class T>
void attentionBackward(const Arena& arena, const AttentionGeometry& g, HeadRows<const T> query, HeadRows<const T> key,
                       HeadRows<const T> value, const T* mask, const T* logSums, HeadRows<const T> gradOutput,
                       HeadRows<T> gradQuery, HeadRows<T> gradKey, HeadRows<T> gradValue);

}  // namespace gradlens
