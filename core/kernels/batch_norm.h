// SPDX-License-Identifier: GPL-3.0-or-later
// Batch normalisation [Ioffe and Szegedy 2015] of a tensor seen as batch x channels x pixels. Sums are in double, a
// block of channels is a tile. T is float or double.
#pragma once
#include "core/parallel/arena.h"

#include <cstdint>

namespace gradlens {

struct BatchNormGeometry {
    std::int64_t batch = 1, channels = 1, pixels = 1;
    std::int64_t samples() const { return batch * pixels; }  // that one channel's statistics are of
    std::int64_t elements() const { return batch * channels * pixels; }
};

// The mean and the biased variance of each channel, in double. With no samples nothing is written.
template <class T>
void batchMoments(const Arena& arena, const BatchNormGeometry& g, const T* input, double* mean, double* variance);

// What is done in place to each run of results while it is in the cache; apply may be null.
template <class T>
struct BatchNormFinish {
    void (*apply)(const void* context, T* run, std::int64_t count) = nullptr;
    const void* context = nullptr;
};

// output = (input - mean) * inverse * weight + bias
template <class T>
void batchNormalise(const Arena& arena, const BatchNormGeometry& g, const T* input, const T* mean, const T* inverse,
                    const T* weight, const T* bias, T* output, const BatchNormFinish<T>& finish = {});

// Gradients through the batch's own statistics. gradInput, gradWeight and gradBias may each be null.
template <class T>
void batchNormBackward(const Arena& arena, const BatchNormGeometry& g, const T* input, const T* gradOutput,
                       const T* mean, const T* inverse, const T* weight, T* gradInput, T* gradWeight, T* gradBias);

}  // namespace gradlens
