// SPDX-License-Identifier: GPL-3.0-or-later
// Maxima and means over windows of the planes of an NCHW tensor. A plane is a tile's unit; rows of outputs are the
// inner loops. T is float or double.
#pragma once
#include "core/kernels/conv2d.h"

namespace gradlens {

// Every window must hold at least one element of the input (padding below the kernel's extent).
struct PoolGeometry {
    std::int64_t planes = 1;  // batch times channels
    ConvAxis height, width;   // dilation 1
};

// argmax: for each output the index within its input plane, or null when nobody asks. Ties go to the first element in
// row-major order; a NaN wins over numbers, and the last NaN over other NaNs, as in PyTorch.
template <class T>
void maxPool2dForward(const Arena& arena, const PoolGeometry& g, const T* input, T* output, std::int32_t* argmax);
template <class T>
void maxPool2dBackward(const Arena& arena, const PoolGeometry& g, const T* gradOutput, const std::int32_t* argmax,
                       T* gradInput);

// countPadding: divide by the kernel's size, else by the number of input elements in the window.
template <class T>
void avgPool2dForward(const Arena& arena, const PoolGeometry& g, bool countPadding, const T* input, T* output);
template <class T>
void avgPool2dBackward(const Arena& arena, const PoolGeometry& g, bool countPadding, const T* gradOutput, T* gradInput);

}  // namespace gradlens
