// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/convolution.h"

#include "core/ops/catalogue/python_text.h"

#include <algorithm>

namespace gradlens {

ConvGeometry GroupedConv::one() const {
    ConvGeometry g = all;
    g.inChannels /= groups;
    g.outChannels /= groups;
    g.inChannelsInAll = all.inChannels;
    g.outChannelsInAll = all.outChannels;
    return g;
}

AttributeSpec groupsAttribute() {
    return integerAttribute(
        "groups", "Groups", 1, 1, 65536,
        "Channels are cut into this many groups that do not see each other; as many as channels: depthwise.");
}

std::optional<OpProblem> groupsProblem(std::int64_t groups, std::int64_t inChannels, std::int64_t outChannels) {
    if (inChannels % groups == 0 && outChannels % groups == 0) return std::nullopt;
    return OpProblem{0,
                     "cannot cut " + std::to_string(inChannels) + " channels in and " + std::to_string(outChannels) +
                         " filters into " + std::to_string(groups) + " equal groups",
                     "multiples of " + std::to_string(groups),
                     std::to_string(inChannels) + " and " + std::to_string(outChannels),
                     "Choose a number of groups that divides both"};
}

template <class T>
std::size_t groupedForwardScratch(const GroupedConv& conv) {
    return conv2dForwardScratch<T>(conv.one());
}

template <class T>
std::size_t groupedBackwardScratch(const GroupedConv& conv) {
    return std::max(conv2dGradInputScratch<T>(conv.one()), conv2dGradWeightScratch<T>(conv.one()));
}

namespace {
// Where a group's part of each tensor begins.
struct Offsets {
    std::int64_t input, output, weight, channel;
    Offsets(const ConvGeometry& one, std::int64_t group)
        : input(group * one.inChannels * one.inputPixels()),
          output(group * one.outChannels * one.outputPixels()),
          weight(group * one.outChannels * one.taps()),
          channel(group * one.outChannels) {}
};

template <class T>
T* at(T* data, std::int64_t offset) {
    return data == nullptr ? nullptr : data + offset;
}
}  // namespace

template <class T>
void groupedForward(const Arena& arena, const GroupedConv& conv, const T* input, const T* weight, const T* bias,
                    T* output, std::byte* scratch, const ConvFinish<T>& finish) {
    const ConvGeometry one = conv.one();
    for (std::int64_t group = 0; group < conv.groups; ++group) {
        const Offsets from(one, group);
        conv2dForward<T>(arena, one, input + from.input, weight + from.weight, at(bias, from.channel),
                         output + from.output, scratch, finish);
    }
}

template <class T>
void groupedGradInput(const Arena& arena, const GroupedConv& conv, const T* gradOutput, const T* weight, T* gradInput,
                      std::byte* scratch) {
    const ConvGeometry one = conv.one();
    for (std::int64_t group = 0; group < conv.groups; ++group) {
        const Offsets from(one, group);
        conv2dGradInput<T>(arena, one, gradOutput + from.output, weight + from.weight, gradInput + from.input, scratch);
    }
}

template <class T>
void groupedGradWeight(const Arena& arena, const GroupedConv& conv, const T* input, const T* gradOutput, T* gradWeight,
                       T* gradBias, std::byte* scratch) {
    const ConvGeometry one = conv.one();
    for (std::int64_t group = 0; group < conv.groups; ++group) {
        const Offsets from(one, group);
        conv2dGradWeight<T>(arena, one, input + from.input, gradOutput + from.output, at(gradWeight, from.weight),
                            at(gradBias, from.channel), scratch);
    }
}

OpCost convolutionCost(const GroupedConv& conv, bool bias, std::span<const TensorType> inputs,
                       const Inference& inference) {
    const auto bytes = [&](const Shape& shape) {
        return static_cast<double>(shape.elements()) * static_cast<double>(sizeOf(inputs[0].dtype));
    };
    const Shape &input = inputs[0].shape, &output = inference.outputs[0].shape;
    double parameters = 0;
    for (const ParameterSpec& parameter : inference.parameters) parameters += bytes(parameter.shape);
    const double biasFlops = bias ? static_cast<double>(output.elements()) : 0;
    return {{2 * conv.macs() + biasFlops, bytes(input) + parameters, bytes(output)},
            {4 * conv.macs() + biasFlops, bytes(input) + 2 * bytes(output) + parameters, bytes(input) + parameters}};
}

#define GRADLENS_INSTANTIATE(T)                                                                                     \
    template std::size_t groupedForwardScratch<T>(const GroupedConv&);                                              \
    template std::size_t groupedBackwardScratch<T>(const GroupedConv&);                                             \
    template void groupedForward<T>(const Arena&, const GroupedConv&, const T*, const T*, const T*, T*, std::byte*, \
                                    const ConvFinish<T>&);                                                          \
    template void groupedGradInput<T>(const Arena&, const GroupedConv&, const T*, const T*, T*, std::byte*);        \
    template void groupedGradWeight<T>(const Arena&, const GroupedConv&, const T*, const T*, T*, T*, std::byte*);
GRADLENS_INSTANTIATE(float)
GRADLENS_INSTANTIATE(double)
#undef GRADLENS_INSTANTIATE

SourceCode kerasConvolution(const SourceCall& call, const char* layer, const IntegerList& kernel,
                            const IntegerList& stride, const IntegerList& padding, const IntegerList& dilation) {
    bool strides = false, dilates = false, pads = false, keepsSize = true;
    std::string widths = "((0, 0), (0, 0)";
    for (std::size_t axis = 0; axis < kernel.size(); ++axis) {
        strides |= stride[axis] != 1;
        dilates |= dilation[axis] != 1;
        pads |= padding[axis] != 0;
        keepsSize &= stride[axis] == 1 && 2 * padding[axis] == dilation[axis] * (kernel[axis] - 1);
        widths += ", (" + python(padding[axis]) + ", " + python(padding[axis]) + ")";
    }
    if (strides && dilates) return pythonProblem("Keras' convolutions have either strides or dilation");
    const bool same = pads && keepsSize;
    // PyTorch's and our order of a weight's axes is filters, channels, places; Keras' is places, channels, filters.
    std::string order;
    for (std::size_t axis = 0; axis < kernel.size(); ++axis) order += python(static_cast<int>(axis) + 2) + ", ";
    std::vector<SourceCode::Weight> weights{{"kernel", {0}, "{0}.transpose(" + order + "1, 0)"}};
    if (call.attributes.flag("bias")) weights.push_back({"bias", {1}});
    PythonCall construct(layer);
    construct.with(python(call.attributes.integer("filters")))
        .with(pythonSize(kernel))
        .sizeOption("strides", stride, 1)
        .option("padding", std::string(same ? "same" : "valid"), "valid")
        .with("data_format", python("channels_first"))
        .sizeOption("dilation_rate", dilation, 1)
        .option("groups", call.attributes.integer("groups"), 1)
        .option("use_bias", call.attributes.flag("bias"), true);
    SourceCode code = pythonModule(call, construct, std::move(weights));
    if (pads && !same) code.results = {call.module + "(ops.pad(" + call.argument() + ", " + widths + ")))"};
    return code;
}

}  // namespace gradlens
