// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/convolution.h"
#include "core/ops/catalogue/epilogue.h"
#include "core/ops/catalogue/initializer_attribute.h"
#include "core/ops/catalogue/python_text.h"
#include "core/ops/catalogue/windows.h"

namespace gradlens {

namespace {
// A sequence is an image of one row.
GroupedConv convOf(const Attributes& attributes, const Shape& input) {
    const ConvAxis length{input[2], attributes.integer("kernel"), attributes.integer("stride"),
                          attributes.integer("padding"), attributes.integer("dilation")};
    return {{input[0], input[1], attributes.integer("filters"), {1, 1, 1, 0, 1}, length}, attributes.integer("groups")};
}

Inference infer(const Attributes& attributes, std::span<const TensorType> inputs) {
    const TensorType& input = inputs[0];
    if (input.shape.rank() != 3)
        return inferenceProblem({0, "expects sequences with channels", "NxCxL", input.shape.toString(),
                                 "Insert a Reshape or a Permute before this layer"});
    if (input.shape[1] < 1)
        return inferenceProblem({0, "expects at least one channel", "NxCxL with C of 1 or more", input.shape.toString(),
                                 "Check the layer before this one"});
    const GroupedConv conv = convOf(attributes, input.shape);
    const ConvGeometry& g = conv.all;
    if (g.width.output() < 1)
        return inferenceProblem(
            {0, "has a kernel that reaches over " + std::to_string(g.width.reach()) + " steps, more than there are",
             "at least " + std::to_string(g.width.reach() - 2 * g.width.padding) + " steps", input.shape.toString(),
             "Use a smaller kernel or more padding"});
    if (auto problem = groupsProblem(conv.groups, g.inChannels, g.outChannels))
        return inferenceProblem(std::move(*problem));
    const Shape output{g.batch, g.outChannels, g.width.output()},
        weight{g.outChannels, g.inChannels / conv.groups, g.width.kernel};
    if (!isPayable(output)) return inferenceProblem(tooLarge("an output", output));
    if (!isPayable(weight)) return inferenceProblem(tooLarge("a weight", weight));
    Inference inference;
    inference.outputs = {{input.dtype, output}};
    addWeight(inference, attributes, weight, weight[1] * weight[2], g.outChannels / conv.groups * weight[2]);
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
        ConvFinish<T> finish;
        finishWith<T>(context.epilogue, finish);
        groupedForward<T>(context.arena, convOf(context.attributes, input.shape()), input.as<const T>().data(),
                          context.parameters[0].as<const T>().data(),
                          context.parameters.size() > 1 ? context.parameters[1].as<const T>().data() : nullptr,
                          context.outputs[0].as<T>().data(), static_cast<std::byte*>(context.scratch.data()), finish);
    });
}

void backward(const BackwardContext& context) {
    const TensorView& input = context.inputs[0];
    dispatchReal(input.dtype(), [&]<class T>() {
        const GroupedConv conv = convOf(context.attributes, input.shape());
        const T* gradOutput = context.gradOutputs[0].as<const T>().data();
        auto* const scratch = static_cast<std::byte*>(context.scratch.data());
        const auto wanted = [](const TensorView& view) { return view ? view.as<T>().data() : nullptr; };
        groupedGradWeight<T>(context.arena, conv, input.as<const T>().data(), gradOutput,
                             wanted(context.gradParameters[0]),
                             context.gradParameters.size() > 1 ? wanted(context.gradParameters[1]) : nullptr, scratch);
        if (context.gradInputs[0])
            groupedGradInput<T>(context.arena, conv, gradOutput, context.parameters[0].as<const T>().data(),
                                context.gradInputs[0].as<T>().data(), scratch);
    });
}

OpCost cost(const Attributes& attributes, std::span<const TensorType> inputs, const Inference& inference) {
    return convolutionCost(convOf(attributes, inputs[0].shape), attributes.flag("bias"), inputs, inference);
}

SourceCode toPyTorch(const SourceCall& call) {
    const Attributes& a = call.attributes;
    return pythonModule(call,
                        PythonCall("nn.Conv1d")
                            .with(python(call.shape()[1]))
                            .with(python(a.integer("filters")))
                            .with(python(a.integer("kernel")))
                            .option("stride", a.integer("stride"), 1)
                            .option("padding", a.integer("padding"), 0)
                            .option("dilation", a.integer("dilation"), 1)
                            .option("groups", a.integer("groups"), 1)
                            .option("bias", a.flag("bias"), true),
                        sameWeights(call.inference));
}

SourceCode toKeras(const SourceCall& call) {
    const Attributes& a = call.attributes;
    return kerasConvolution(call, "layers.Conv1D", {a.integer("kernel")}, {a.integer("stride")}, {a.integer("padding")},
                            {a.integer("dilation")});
}

std::vector<ReceptiveWindow> windows(const Attributes& attributes) {
    return {{attributes.integer("dilation") * (attributes.integer("kernel") - 1) + 1, attributes.integer("stride")}};
}
}  // namespace

OpDefinition defineConv1d() {
    OpDefinition op;
    op.name = "Conv1D";
    op.category = "Convolution";
    op.summary = "Slides small filters along sequences and answers where and how strongly each matches.";
    op.maths =
        "y[n,f,i] = b[f] + Σ over c,u of w[f,c,u] · x[n, c, i·stride + u·dilation − padding], with zeros beyond the "
        "ends.  [Waibel et al. 1989; as torch.nn.Conv1d]";
    op.baseName = "conv";
    op.inputs = {{"input", "Sequences: batch x channels x length"}};
    op.outputs = {{"output", "One sequence for each filter: batch x filters x length"}};
    op.attributes = withWeightInit(
        {integerAttribute("filters", "Filters", 32, 1, 65536,
                          "How many filters there are: the channels of the output."),
         integerAttribute("kernel", "Kernel size", 3, 1, 65536, "How many steps a filter sees."),
         integerAttribute("stride", "Stride", 1, 1, 65536, "How far the filters move at a time; 2 halves the length."),
         integerAttribute("padding", "Padding", 0, 0, 65536, "Zeros before the first step and behind the last."),
         integerAttribute("dilation", "Dilation", 1, 1, 65536,
                          "Distance between the elements of a filter; more than 1 sees further."),
         groupsAttribute(), booleanAttribute("bias", "Bias", true, "Adds a learned number to each filter's answers.")},
        "he_normal");
    op.infer = infer;
    op.windows = windows;
    op.forward = forward;
    op.backward = backward;
    op.cost = cost;
    op.backwardReadsInputs = true;
    op.takesEpilogue = true;
    op.exported = {"Conv", "Conv1d", "Conv1D"};
    op.toPyTorch = toPyTorch;
    op.toKeras = toKeras;
    const auto integer = [](std::int64_t value) { return AttributeValue(value); };
    op.samples = {{"plain", {{"filters", integer(3)}}, {{DType::Float32, {2, 2, 7}}}},
                  {"stride, padding, dilation",
                   {{"filters", integer(2)}, {"stride", integer(2)}, {"padding", integer(2)}, {"dilation", integer(2)}},
                   {{DType::Float32, {2, 3, 9}}}},
                  {"depthwise, no bias",
                   {{"filters", integer(4)}, {"groups", integer(4)}, {"bias", AttributeValue(false)}},
                   {{DType::Float32, {1, 4, 5}}}},
                  {"one step", {{"filters", integer(2)}, {"kernel", integer(1)}}, {{DType::Float32, {1, 3, 1}}}}};
    return op;
}

}  // namespace gradlens
