// SPDX-License-Identifier: GPL-3.0-or-later
// One layer of a recurrent network in one direction, over a whole batch of sequences. Sequences do not touch each
// other, so a tile is a few of them with all their steps: no thread waits for another between steps. Weights are laid
// out as PyTorch's: weightIh [gates x hidden, features], weightHh [gates x hidden, hidden], gates in the order i f g o
// (LSTM) or r z n (GRU). T is float or double. Formulas: Hochreiter and Schmidhuber 1997 with Gers' forget gate (LSTM);
// Cho et al. 2014 in PyTorch's form, reset after the product (GRU); Elman 1990 (RNN).
#pragma once
#include "core/parallel/arena.h"

#include <cstddef>
#include <cstdint>

namespace gradlens {

enum class Cell { Tanh, Relu, Lstm, Gru };

struct RecurrentGeometry {
    Cell cell = Cell::Lstm;
    std::int64_t batch = 1, steps = 1, features = 1, hidden = 1;
    bool reverse = false;           // from the last step to the first
    std::int64_t outputStride = 1;  // elements from one step's state to the next in the output: hidden x directions

    std::int64_t gates() const { return cell == Cell::Lstm ? 4 : cell == Cell::Gru ? 3 : 1; }
    std::int64_t rows() const { return batch * steps; }
    double macs() const {
        return static_cast<double>(rows()) * static_cast<double>(gates() * hidden) *
               static_cast<double>(features + hidden);
    }
};

// Biases may be null (both or none).
template <class T>
struct RecurrentWeights {
    const T *weightIh, *weightHh, *biasIh, *biasHh;
};
// Where gradients go; null: not wanted.
template <class T>
struct RecurrentGradients {
    T *weightIh, *weightHh, *biasIh, *biasHh;
};

// input [batch, steps, features]; output: its first state, the others outputStride apart, sequences steps x
// outputStride apart. Saved for the way back: gates [batch, steps, gates x hidden], after their functions; extra
// [batch, steps, hidden]: LSTM's cell states, GRU's hidden part of n; unused (null) for the plain cells.
template <class T>
void recurrentForward(const Arena& arena, const RecurrentGeometry& g, const T* input,
                      const RecurrentWeights<T>& weights, T* output, T* gates, T* extra);

// gradOutput like output. gradInput [batch, steps, features] or null; when `accumulate`, it is added to.
template <class T>
void recurrentBackward(const Arena& arena, const RecurrentGeometry& g, const T* input,
                       const RecurrentWeights<T>& weights, const T* output, const T* gates, const T* extra,
                       const T* gradOutput, T* gradInput, bool accumulate, const RecurrentGradients<T>& gradients,
                       std::byte* scratch);
template <class T>
std::size_t recurrentBackwardScratch(const RecurrentGeometry& g);

}  // namespace gradlens
