// SPDX-License-Identifier: GPL-3.0-or-later
// Normalisation of each row by itself: layer normalisation (Ba, Kiros and Hinton 2016) and, without centring, root mean
// square normalisation (Zhang and Sennrich 2019). Rows are `width` adjacent elements. T is float or double.
#pragma once
#include "core/parallel/arena.h"

#include <cstddef>
#include <cstdint>

namespace gradlens {

struct RowNorm {
    std::int64_t rows = 1, width = 1;
    double epsilon = 1e-5;
    bool centred = true;
};

// y = (x - mean) / sqrt(mean of squares + epsilon) * weight + bias; weight and bias (width elements) may be null.
// Leaves the mean (only when centred) and the reciprocal of the root of each row.
template <class T>
void rowNormForward(const Arena& arena, const RowNorm& norm, const T* input, const T* weight, const T* bias, T* output,
                    T* means, T* reciprocals);

// gradInput, gradWeight and gradBias may be null. gradInput may be gradOutput's memory.
template <class T>
void rowNormBackward(const Arena& arena, const RowNorm& norm, const T* input, const T* weight, const T* means,
                     const T* reciprocals, const T* gradOutput, T* gradInput, T* gradWeight, T* gradBias,
                     std::byte* scratch);
template <class T>
std::size_t rowNormBackwardScratch(const RowNorm& norm);

}  // namespace gradlens
