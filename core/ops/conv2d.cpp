// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/convolution.h"
#include "core/ops/catalogue/epilogue.h"
#include "core/ops/catalogue/initializer_attribute.h"
#include "core/ops/catalogue/python_text.h"
#include "core/ops/catalogue/windows.h"

#include <algorithm>

namespace gradlens {

namespace {
GroupedConv convOf(const Attributes& attributes, const Shape& input) {
    return {{input[0], input[1], attributes.integer("filters"), windowAxis(attributes, 0, input[2]),
             windowAxis(attributes, 1, input[3])},
            attributes.integer("groups")};
}

Inference infer(const Attributes& attributes, std::span<const TensorType> inputs) {
    const TensorType& input = inputs[0];
    if (auto problem = windowProblem(attributes, input)) return inferenceProblem(std::move(*problem));
    const GroupedConv conv = convOf(attributes, input.shape);
    const ConvGeometry& g = conv.all;
    if (auto problem = groupsProblem(conv.groups, g.inChannels, g.outChannels))
        return inferenceProblem(std::move(*problem));
    const Shape output{g.batch, g.outChannels, g.height.output(), g.width.output()};
    if (!isPayable(output)) return inferenceProblem(tooLarge("an output", output));
    if (!isPayable(conv.weightShape())) return inferenceProblem(tooLarge("a weight", conv.weightShape()));

    Inference inference;
    inference.outputs = {{input.dtype, output}};
    const std::int64_t pixels = g.height.kernel * g.width.kernel;
    addWeight(inference, attributes, conv.weightShape(), g.inChannels / conv.groups * pixels,
              g.outChannels / conv.groups * pixels);
    if (attributes.flag("bias")) inference.parameters.push_back(biasParameter(g.outChannels));
    dispatchReal(input.dtype, [&]<class T>() {
        inference.forwardScratch = groupedForwardScratch<T>(conv);
        inference.backwardScratch = groupedBackwardScratch<T>(conv);
    });
    return inference;
}

void forward(const ForwardContext& context) {
    const TensorView& input = context.inputs[0];
    dispatchReal(input.dtype(), [&]<class T>() {
        const T* bias = context.parameters.size() > 1 ? context.parameters[1].as<const T>().data() : nullptr;
        ConvFinish<T> finish;
        finishWith<T>(context.epilogue, finish);
        groupedForward<T>(context.arena, convOf(context.attributes, input.shape()), input.as<const T>().data(),
                          context.parameters[0].as<const T>().data(), bias, context.outputs[0].as<T>().data(),
                          static_cast<std::byte*>(context.scratch.data()), finish);
    });
}

void backward(const BackwardContext& context) {
    const TensorView& input = context.inputs[0];
    dispatchReal(input.dtype(), [&]<class T>() {
        const GroupedConv conv = convOf(context.attributes, input.shape());
        const T* gradOutput = context.gradOutputs[0].as<const T>().data();
        auto* const scratch = static_cast<std::byte*>(context.scratch.data());
        const auto wanted = [](const TensorView& view) { return view ? view.as<T>().data() : nullptr; };
        T* const gradBias = context.gradParameters.size() > 1 ? wanted(context.gradParameters[1]) : nullptr;
        groupedGradWeight<T>(context.arena, conv, input.as<const T>().data(), gradOutput,
                             wanted(context.gradParameters[0]), gradBias, scratch);
        if (context.gradInputs[0])
            groupedGradInput<T>(context.arena, conv, gradOutput, context.parameters[0].as<const T>().data(),
                                context.gradInputs[0].as<T>().data(), scratch);
    });
}

OpCost cost(const Attributes& attributes, std::span<const TensorType> inputs, const Inference& inference) {
    return convolutionCost(convOf(attributes, inputs[0].shape), attributes.flag("bias"), inputs, inference);
}

std::vector<OpSample> samples() {
    const auto completedWith = [](std::initializer_list<Attributes::Entry> given) { return Attributes(given); };
    const auto integer = [](std::int64_t value) { return AttributeValue(value); };
    const auto pair = [](std::int64_t a, std::int64_t b) { return AttributeValue(IntegerList{a, b}); };
    return {
        {"plain", completedWith({{"filters", integer(3)}}), {{DType::Float32, {2, 2, 5, 6}}}},
        {"one channel, batch of one", completedWith({{"filters", integer(5)}}), {{DType::Float32, {1, 1, 7, 7}}}},
        {"same padding, no bias",
         completedWith({{"filters", integer(4)}, {"padding", pair(1, 1)}, {"bias", AttributeValue(false)}}),
         {{DType::Float32, {2, 3, 4, 5}}}},
        {"stride",
         completedWith({{"filters", integer(3)}, {"stride", pair(2, 2)}, {"padding", pair(1, 1)}}),
         {{DType::Float32, {2, 2, 7, 6}}}},
        {"kernel 2x3, stride 1x3, padding 0x2",
         completedWith(
             {{"filters", integer(2)}, {"kernel", pair(2, 3)}, {"stride", pair(1, 3)}, {"padding", pair(0, 2)}}),
         {{DType::Float32, {3, 2, 4, 7}}}},
        {"dilation",
         completedWith({{"filters", integer(2)}, {"dilation", pair(2, 3)}, {"padding", pair(2, 1)}}),
         {{DType::Float32, {1, 2, 6, 8}}}},
        {"1x1, stride 2",
         completedWith({{"filters", integer(9)}, {"kernel", pair(1, 1)}, {"stride", pair(2, 2)}}),
         {{DType::Float32, {2, 3, 5, 4}}}},
        {"kernel as large as the input",
         completedWith({{"filters", integer(3)}, {"kernel", pair(4, 3)}}),
         {{DType::Float32, {2, 2, 4, 3}}}},
        {"two groups",
         completedWith({{"filters", integer(6)}, {"groups", integer(2)}, {"padding", pair(1, 1)}}),
         {{DType::Float32, {2, 4, 4, 5}}}},
        {"depthwise, stride 2",
         completedWith({{"filters", integer(3)}, {"groups", integer(3)}, {"stride", pair(2, 2)}}),
         {{DType::Float32, {2, 3, 5, 6}}}},
        {"two filters a channel, padding, dilation",
         completedWith(
             {{"filters", integer(6)}, {"groups", integer(3)}, {"padding", pair(2, 1)}, {"dilation", pair(2, 1)}}),
         {{DType::Float32, {2, 3, 6, 19}}}},
    };
}

SourceCode toPyTorch(const SourceCall& call) {
    const Attributes& a = call.attributes;
    return pythonModule(call,
                        PythonCall("nn.Conv2d")
                            .with(python(call.shape()[1]))
                            .with(python(a.integer("filters")))
                            .with(pythonSize(a.list("kernel")))
                            .sizeOption("stride", a.list("stride"), 1)
                            .sizeOption("padding", a.list("padding"), 0)
                            .sizeOption("dilation", a.list("dilation"), 1)
                            .option("groups", a.integer("groups"), 1)
                            .option("bias", a.flag("bias"), true),
                        sameWeights(call.inference));
}

SourceCode toKeras(const SourceCall& call) {
    return kerasConvolution(call, "layers.Conv2D", call.attributes.list("kernel"), call.attributes.list("stride"),
                            call.attributes.list("padding"), call.attributes.list("dilation"));
}
}  // namespace

OpDefinition defineConv2d() {
    OpDefinition op;
    op.name = "Conv2D";
    op.category = "Convolution";
    op.summary = "Slides small filters over images and answers where and how strongly each matches.";
    op.maths =
        "y[n,f,i,j] = b[f] + Σ over c,u,v of w[f,c,u,v] · x[n, c, i·stride + u·dilation − padding, j·stride + "
        "v·dilation − padding], with zeros outside the image. Output height = ⌊(height + 2·padding − dilation·(kernel "
        "− 1) − 1) / stride⌋ + 1, width alike.  dL/dw sums dL/dy · x over samples and positions, dL/dx spreads dL/dy · "
        "w back.  [LeCun et al. 1989; Dumoulin and Visin 2016]";
    op.baseName = "conv";
    op.inputs = {{"input", "Images: batch x channels x height x width"}};
    op.outputs = {{"output", "One map for each filter: batch x filters x height x width"}};
    op.attributes = withWeightInit(
        {integerAttribute("filters", "Filters", 32, 1, 65536,
                          "How many filters there are: the channels of the output."),
         pairAttribute("kernel", "Kernel size", 3, 1, 1024, "Height and width of the filters."),
         pairAttribute("stride", "Stride", 1, 1, 256, "How far the filters move at a time; 2 halves height and width."),
         pairAttribute("padding", "Padding", 0, 0, 1024,
                       "Rows and columns of zeros around the image; 1 keeps the size with a 3x3 kernel."),
         pairAttribute("dilation", "Dilation", 1, 1, 256,
                       "Distance between the elements of a filter; more than 1 sees a wider field."),
         groupsAttribute(),
         booleanAttribute("bias", "Bias", true, "Adds a learned number to each map. Leave out before a BatchNorm.")},
        "he_normal");
    op.infer = infer;
    op.windows = slidingWindows;
    op.forward = forward;
    op.backward = backward;
    op.cost = cost;
    op.backwardReadsInputs = true;
    op.takesEpilogue = true;
    op.exported = {"Conv", "Conv2d", "Conv2D"};
    op.toPyTorch = toPyTorch;
    op.toKeras = toKeras;
    op.samples = samples();
    return op;
}

}  // namespace gradlens
