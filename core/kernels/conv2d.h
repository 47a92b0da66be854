// SPDX-License-Identifier: GPL-3.0-or-later
// Two-dimensional convolution (cross-correlation, as everybody's networks mean it) on NCHW tensors:
//   y[n,o,i,j] = b[o] + sum over c,u,v of w[o,c,u,v] * x[n, c, i*stride + u*dilation - padding, ...]
// with zeros outside the input. Each tile copies its part of an input, padded, into the worker's scratch; the products
// then read every tap as a shifted view of that copy, so no column matrix is ever made (Georganas et al., "Anatomy of
// High-Performance Deep Learning Convolutions", SC 2018, is the family this belongs to). Tiles depend on shapes
// alone. T is float or double. Uses Arena::workerScratch.
#pragma once
#include "core/parallel/arena.h"

#include <cstddef>
#include <cstdint>

namespace gradlens {

// Along one axis.
struct ConvAxis {
    std::int64_t input = 1, kernel = 1, stride = 1, padding = 0, dilation = 1;

    // From the first to the last element that the kernel touches.
    std::int64_t reach() const { return (kernel - 1) * dilation + 1; }
    // Zero or less when the kernel does not fit.
    std::int64_t output() const {
        const std::int64_t room = input + 2 * padding - reach();
        return room < 0 ? 0 : room / stride + 1;
    }
};

struct ConvGeometry {
    std::int64_t batch = 1, inChannels = 1, outChannels = 1;
    ConvAxis height, width;
    // Channels from one sample to the next, where these are some of more (a group): 0 means inChannels, outChannels.
    std::int64_t inChannelsInAll = 0, outChannelsInAll = 0;

    std::int64_t taps() const { return inChannels * height.kernel * width.kernel; }  // terms in one output
    std::int64_t inputPixels() const { return height.input * width.input; }
    std::int64_t outputPixels() const { return height.output() * width.output(); }
    std::int64_t inputSample() const { return (inChannelsInAll > 0 ? inChannelsInAll : inChannels) * inputPixels(); }
    std::int64_t outputSample() const {
        return (outChannelsInAll > 0 ? outChannelsInAll : outChannels) * outputPixels();
    }
    double macs() const {
        return static_cast<double>(batch) * static_cast<double>(outChannels) * static_cast<double>(outputPixels()) *
               static_cast<double>(taps());
    }
};

// What is done to runs of the output while they are still in the cache: `apply` in place, once for each element.
template <class T>
struct ConvFinish {
    void (*apply)(const void* context, T* run, std::int64_t count) = nullptr;
    const void* context = nullptr;
};

// bias may be null. scratch: conv2dForwardScratch bytes, 64-byte aligned.
template <class T>
void conv2dForward(const Arena& arena, const ConvGeometry& g, const T* input, const T* weight, const T* bias, T* output,
                   std::byte* scratch, const ConvFinish<T>& finish = {});
template <class T>
std::size_t conv2dForwardScratch(const ConvGeometry& g);

template <class T>
void conv2dGradInput(const Arena& arena, const ConvGeometry& g, const T* gradOutput, const T* weight, T* gradInput,
                     std::byte* scratch);
template <class T>
std::size_t conv2dGradInputScratch(const ConvGeometry& g);

// gradBias may be null, and gradWeight too. A NaN or an infinity in an input may reach every tap of that input
// channel's weight gradient.
template <class T>
void conv2dGradWeight(const Arena& arena, const ConvGeometry& g, const T* input, const T* gradOutput, T* gradWeight,
                      T* gradBias, std::byte* scratch);
template <class T>
std::size_t conv2dGradWeightScratch(const ConvGeometry& g);

}  // namespace gradlens
