// SPDX-License-Identifier: GPL-3.0-or-later
// What the convolutions share: the same kernels serve images and sequences, whole channels and groups of them, and
// turned round the transposed convolution. A layer is described by the geometry of all its groups together.
#pragma once
#include "core/kernels/conv2d.h"
#include "core/ops/catalogue/op.h"
#include "core/ops/catalogue/source_code.h"

namespace gradlens {

struct GroupedConv {
    ConvGeometry all;  // as if every output channel saw every input channel
    std::int64_t groups = 1;

    // One group by itself, its channels lying among those of all.
    ConvGeometry one() const;
    Shape weightShape() const {
        return {all.outChannels, all.inChannels / groups, all.height.kernel, all.width.kernel};
    }
    double macs() const { return all.macs() / static_cast<double>(groups); }
};

// "groups", behind the other attributes of the layer.
AttributeSpec groupsAttribute();
// What keeps `groups` groups from sharing the channels evenly.
std::optional<OpProblem> groupsProblem(std::int64_t groups, std::int64_t inChannels, std::int64_t outChannels);

// Bytes of scratch for the three products of type T.
template <class T>
std::size_t groupedForwardScratch(const GroupedConv& conv);
template <class T>
std::size_t groupedBackwardScratch(const GroupedConv& conv);

// As conv2dForward and its like, group by group. Null gradients are not wanted.
template <class T>
void groupedForward(const Arena& arena, const GroupedConv& conv, const T* input, const T* weight, const T* bias,
                    T* output, std::byte* scratch, const ConvFinish<T>& finish = {});
template <class T>
void groupedGradInput(const Arena& arena, const GroupedConv& conv, const T* gradOutput, const T* weight, T* gradInput,
                      std::byte* scratch);
template <class T>
void groupedGradWeight(const Arena& arena, const GroupedConv& conv, const T* input, const T* gradOutput, T* gradWeight,
                       T* gradBias, std::byte* scratch);

// FLOPs and bytes of a convolution with such inputs, outputs and parameters.
OpCost convolutionCost(const GroupedConv& conv, bool bias, std::span<const TensorType> inputs,
                       const Inference& inference);

// A convolution of any number of axes as a layer of Keras, with the padding before it where Keras has no word for it.
SourceCode kerasConvolution(const SourceCall& call, const char* layer, const IntegerList& kernel,
                            const IntegerList& stride, const IntegerList& padding, const IntegerList& dilation);

}  // namespace gradlens
