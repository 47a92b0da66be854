// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/pooling.h"

#include <string>

namespace gradlens {

std::vector<AttributeSpec> poolingAttributes() {
    return {
        pairAttribute("kernel", "Kernel size", 2, 1, 1024, "Height and width of the windows."),
        pairAttribute("stride", "Stride", 2, 1, 1024,
                      "How far the window moves at a time; as large as the kernel: no overlap."),
        pairAttribute("padding", "Padding", 0, 0, 512, "Rows and columns around the map; at most half the kernel.")};
}

PoolGeometry poolingGeometry(const Attributes& attributes, const Shape& input) {
    return {input[0] * input[1], windowAxis(attributes, 0, input[2]), windowAxis(attributes, 1, input[3])};
}

Inference poolingInference(const Attributes& attributes, const TensorType& input) {
    const IntegerList& kernel = attributes.list("kernel");
    const IntegerList& padding = attributes.list("padding");
    if (2 * padding[0] > kernel[0] || 2 * padding[1] > kernel[1])
        return inferenceProblem(
            {-1, "has more padding than half its kernel",
             "padding of at most " + std::to_string(kernel[0] / 2) + ", " + std::to_string(kernel[1] / 2),
             std::to_string(padding[0]) + ", " + std::to_string(padding[1]), "Use less padding or a larger kernel"});
    if (auto problem = windowProblem(attributes, input)) return inferenceProblem(std::move(*problem));
    const PoolGeometry g = poolingGeometry(attributes, input.shape);
    if (!isPayable(input.shape)) return inferenceProblem(tooLarge("an input", input.shape));
    const Shape output{input.shape[0], input.shape[1], g.height.output(), g.width.output()};
    if (!isPayable(output)) return inferenceProblem(tooLarge("an output", output));
    Inference inference;
    inference.outputs = {{input.dtype, output}};
    return inference;
}

OpCost poolingCost(const Attributes& attributes, std::span<const TensorType> inputs, const Inference& inference) {
    const IntegerList& kernel = attributes.list("kernel");
    const auto outputs = static_cast<double>(inference.outputs[0].shape.elements());
    const auto size = static_cast<double>(sizeOf(inputs[0].dtype));
    const double inputBytes = size * static_cast<double>(inputs[0].shape.elements());
    const double flops = outputs * static_cast<double>(kernel[0] * kernel[1]);
    double savedBytes = 0;
    for (const TensorType& saved : inference.saved)
        savedBytes += static_cast<double>(saved.shape.elements()) * static_cast<double>(sizeOf(saved.dtype));
    OpCost cost;
    cost.forward = {flops, inputBytes, outputs * size + savedBytes};
    cost.backward = {inference.saved.empty() ? flops : outputs, outputs * size + savedBytes, inputBytes};
    return cost;
}

std::vector<OpSample> poolingSamples(OpSample::Fill fill) {
    const auto pair = [](std::int64_t a, std::int64_t b) { return AttributeValue(IntegerList{a, b}); };
    return {{"halves", {}, {{DType::Float32, {2, 3, 6, 4}}}, fill},
            {"odd sizes, batch of one", {}, {{DType::Float32, {1, 2, 7, 5}}}, fill},
            {"overlapping", {{"kernel", pair(3, 3)}, {"stride", pair(1, 1)}}, {{DType::Float32, {2, 1, 5, 6}}}, fill},
            {"kernel 1x4, stride 1x3",
             {{"kernel", pair(1, 4)}, {"stride", pair(1, 3)}},
             {{DType::Float32, {2, 2, 3, 11}}},
             fill},
            {"whole map", {{"kernel", pair(4, 5)}}, {{DType::Float32, {3, 2, 4, 5}}}, fill},
            {"padding",
             {{"kernel", pair(3, 2)}, {"stride", pair(2, 1)}, {"padding", pair(1, 1)}},
             {{DType::Float32, {2, 2, 5, 4}}},
             fill}};
}

PythonCall torchPooling(const SourceCall& call, const char* function) {
    const Attributes& a = call.attributes;
    PythonCall pooling(function);
    pooling.with(call.argument()).with(pythonSize(a.list("kernel")));
    if (a.list("stride") != a.list("kernel")) pooling.with("stride", pythonSize(a.list("stride")));
    pooling.sizeOption("padding", a.list("padding"), 0);
    return pooling;
}

std::string kerasPooling(const SourceCall& call, const char* function, std::string of, const std::string& outside) {
    const Attributes& a = call.attributes;
    const IntegerList& padding = a.list("padding");
    if (padding[0] != 0 || padding[1] != 0) {
        const auto both = [](std::int64_t size) { return "(" + python(size) + ", " + python(size) + ")"; };
        PythonCall padded("ops.pad");
        padded.with(of).with("((0, 0), (0, 0), " + both(padding[0]) + ", " + both(padding[1]) + ")");
        if (outside != "0.0") padded.with("constant_values", outside);
        of = padded;
    }
    return PythonCall(function)
        .with(of)
        .with(pythonSize(a.list("kernel")))
        .with("strides", pythonSize(a.list("stride")))
        .with("data_format", python("channels_first"));
}

}  // namespace gradlens
