// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/convolution.h"
#include "core/ops/catalogue/initializer_attribute.h"
#include "core/ops/catalogue/python_text.h"
#include "core/ops/catalogue/windows.h"

#include <algorithm>

namespace gradlens {

namespace {
// Along one axis: the convolution whose input is this layer's output.
ConvAxis axisOf(const Attributes& attributes, std::size_t axis, std::int64_t input) {
    const auto value = [&](const char* name) { return attributes.list(name)[axis]; };
    ConvAxis result{0, value("kernel"), value("stride"), value("padding"), value("dilation")};
    result.input = (input - 1) * result.stride - 2 * result.padding + result.reach() + value("output_padding");
    return result;
}

// Turned round: its input channels are this layer's filters, its output is this layer's input.
GroupedConv convOf(const Attributes& attributes, const Shape& input) {
    return {{input[0], attributes.integer("filters"), input[1], axisOf(attributes, 0, input[2]),
             axisOf(attributes, 1, input[3])},
            attributes.integer("groups")};
}

Inference infer(const Attributes& attributes, std::span<const TensorType> inputs) {
    const TensorType& input = inputs[0];
    if (input.shape.rank() != 4)
        return inferenceProblem({0, "expects images with channels", "NxCxHxW", input.shape.toString(),
                                 "Insert a Reshape before this layer"});
    if (input.shape[1] < 1 || input.shape[2] < 1 || input.shape[3] < 1)
        return inferenceProblem({0, "expects images that are not empty", "sizes of 1 or more", input.shape.toString(),
                                 "Check the layer before this one"});
    for (std::size_t axis = 0; axis < 2; ++axis)
        if (attributes.list("output_padding")[axis] >=
            std::max(attributes.list("stride")[axis], attributes.list("dilation")[axis]))
            return inferenceProblem(
                {-1, "has an output padding as large as its stride and dilation",
                 "less than " +
                     std::to_string(std::max(attributes.list("stride")[axis], attributes.list("dilation")[axis])),
                 std::to_string(attributes.list("output_padding")[axis]), "Choose a smaller output padding"});
    const GroupedConv conv = convOf(attributes, input.shape);
    const ConvGeometry& g = conv.all;
    if (g.height.input < 1 || g.width.input < 1)
        return inferenceProblem({0, "would leave nothing of the image: the padding takes more than the kernel gives",
                                 "an output of 1x1 or more",
                                 std::to_string(g.height.input) + "x" + std::to_string(g.width.input),
                                 "Use less padding"});
    if (auto problem = groupsProblem(conv.groups, g.outChannels, g.inChannels))
        return inferenceProblem(std::move(*problem));
    const Shape output{g.batch, g.inChannels, g.height.input, g.width.input};
    if (!isPayable(output)) return inferenceProblem(tooLarge("an output", output));
    if (!isPayable(conv.weightShape())) return inferenceProblem(tooLarge("a weight", conv.weightShape()));
    Inference inference;
    inference.outputs = {{input.dtype, output}};
    const std::int64_t pixels = g.height.kernel * g.width.kernel;
    addWeight(inference, attributes, conv.weightShape(), g.outChannels / conv.groups * pixels,
              g.inChannels / conv.groups * pixels);
    if (attributes.flag("bias")) inference.parameters.push_back(biasParameter(g.inChannels));
    dispatchReal(input.dtype, [&]<class T>() {
        inference.forwardScratch = groupedBackwardScratch<T>(conv);
        inference.backwardScratch = std::max(groupedForwardScratch<T>(conv), groupedBackwardScratch<T>(conv));
    });
    return inference;
}

void forward(const ForwardContext& context) {
    const TensorView& input = context.inputs[0];
    dispatchReal(input.dtype(), [&]<class T>() {
        const GroupedConv conv = convOf(context.attributes, input.shape());
        const ConvGeometry& g = conv.all;
        T* const output = context.outputs[0].as<T>().data();
        groupedGradInput<T>(context.arena, conv, input.as<const T>().data(), context.parameters[0].as<const T>().data(),
                            output, static_cast<std::byte*>(context.scratch.data()));
        if (context.parameters.size() < 2) return;
        const T* bias = context.parameters[1].as<const T>().data();
        const std::int64_t pixels = g.inputPixels();
        context.arena.forRange(g.batch * g.inChannels, std::max<std::int64_t>(1, (1 << 15) / pixels),
                               [&](std::int64_t begin, std::int64_t end) {
                                   for (std::int64_t map = begin; map < end; ++map)
                                       for (std::int64_t i = 0; i < pixels; ++i)
                                           output[map * pixels + i] += bias[map % g.inChannels];
                               });
    });
}

// db[f] sums dL/dy over samples and pixels; in double, samples first to last.
template <class T>
void sumMaps(const Arena& arena, const ConvGeometry& g, const T* gradOutput, T* gradBias) {
    const std::int64_t pixels = g.inputPixels();
    arena.forRange(g.inChannels, std::max<std::int64_t>(1, (1 << 15) / std::max<std::int64_t>(g.batch * pixels, 1)),
                   [&](std::int64_t begin, std::int64_t end) {
                       for (std::int64_t channel = begin; channel < end; ++channel) {
                           double sum = 0;
                           for (std::int64_t n = 0; n < g.batch; ++n)
                               for (std::int64_t i = 0; i < pixels; ++i)
                                   sum += static_cast<double>(gradOutput[(n * g.inChannels + channel) * pixels + i]);
                           gradBias[channel] = static_cast<T>(sum);
                       }
                   });
}

void backward(const BackwardContext& context) {
    const TensorView& input = context.inputs[0];
    dispatchReal(input.dtype(), [&]<class T>() {
        const GroupedConv conv = convOf(context.attributes, input.shape());
        const T *gradOutput = context.gradOutputs[0].as<const T>().data(),
                *weight = context.parameters[0].as<const T>().data();
        auto* const scratch = static_cast<std::byte*>(context.scratch.data());
        if (const TensorView& gradWeight = context.gradParameters[0])
            groupedGradWeight<T>(context.arena, conv, gradOutput, input.as<const T>().data(), gradWeight.as<T>().data(),
                                 nullptr, scratch);
        if (context.gradParameters.size() > 1 && context.gradParameters[1])
            sumMaps<T>(context.arena, conv.all, gradOutput, context.gradParameters[1].as<T>().data());
        if (context.gradInputs[0])
            groupedForward<T>(context.arena, conv, gradOutput, weight, nullptr, context.gradInputs[0].as<T>().data(),
                              scratch);
    });
}

OpCost cost(const Attributes& attributes, std::span<const TensorType> inputs, const Inference& inference) {
    return convolutionCost(convOf(attributes, inputs[0].shape), attributes.flag("bias"), inputs, inference);
}

SourceCode toPyTorch(const SourceCall& call) {
    const Attributes& a = call.attributes;
    return pythonModule(call,
                        PythonCall("nn.ConvTranspose2d")
                            .with(python(call.shape()[1]))
                            .with(python(a.integer("filters")))
                            .with(pythonSize(a.list("kernel")))
                            .sizeOption("stride", a.list("stride"), 1)
                            .sizeOption("padding", a.list("padding"), 0)
                            .sizeOption("output_padding", a.list("output_padding"), 0)
                            .option("groups", a.integer("groups"), 1)
                            .option("bias", a.flag("bias"), true)
                            .sizeOption("dilation", a.list("dilation"), 1),
                        sameWeights(call.inference));
}

// Keras gives the whole of what the windows reach; padding is what is cut off it.
SourceCode toKeras(const SourceCall& call) {
    const Attributes& a = call.attributes;
    const IntegerList &kernel = a.list("kernel"), &stride = a.list("stride"), &padding = a.list("padding");
    if (a.integer("groups") != 1) return pythonProblem("Keras' Conv2DTranspose has no groups");
    std::vector<std::string> cut{":", ":"};
    bool cuts = false;
    for (std::size_t axis = 0; axis < 2; ++axis) {
        if (a.list("dilation")[axis] != 1) return pythonProblem("Keras' Conv2DTranspose is not dilated here");
        const std::int64_t input = call.shape()[static_cast<int>(axis) + 2];
        const std::int64_t whole = input * stride[axis] + std::max<std::int64_t>(kernel[axis] - stride[axis], 0);
        const std::int64_t wanted = call.inference.outputs[0].shape[static_cast<int>(axis) + 2];
        if (padding[axis] + wanted > whole)
            return pythonProblem("its output padding reaches beyond what Keras' Conv2DTranspose gives");
        cuts |= wanted != whole;
        cut.push_back(python(padding[axis]) + ":" + python(padding[axis] + wanted));
    }
    std::vector<SourceCode::Weight> weights{{"kernel", {0}, "{0}.transpose(2, 3, 1, 0)"}};
    if (a.flag("bias")) weights.push_back({"bias", {1}});
    SourceCode code = pythonModule(call,
                                   PythonCall("layers.Conv2DTranspose")
                                       .with(python(a.integer("filters")))
                                       .with(pythonSize(kernel))
                                       .sizeOption("strides", stride, 1)
                                       .with("data_format", python("channels_first"))
                                       .option("use_bias", a.flag("bias"), true),
                                   std::move(weights));
    if (cuts) code.results[0] += "[" + joined(cut, ", ") + "]";
    return code;
}

// A filter lands every `stride` outputs: an output is reached from as many inputs as filters overlap there.
std::vector<ReceptiveWindow> windows(const Attributes& attributes) {
    std::vector<ReceptiveWindow> result;
    for (std::size_t axis = 0; axis < 2; ++axis) {
        const std::int64_t stride = attributes.list("stride")[axis];
        const std::int64_t reach = attributes.list("dilation")[axis] * (attributes.list("kernel")[axis] - 1) + 1;
        result.push_back({(reach + stride - 1) / stride, stride > 1 ? kFromSizes : 1});
    }
    return result;
}
}  // namespace

OpDefinition defineConvTranspose2d() {
    OpDefinition op;
    op.name = "ConvTranspose2D";
    op.category = "Convolution";
    op.summary = "A convolution run backwards: spreads each pixel over a window, to make images larger.";
    op.maths =
        "y[n, f, i·stride + u·dilation − padding, j·stride + v·dilation − padding] += w[c,f,u,v] · x[n,c,i,j], + b[f]. "
        " Output height = (height − 1)·stride − 2·padding + dilation·(kernel − 1) + output padding + 1, width alike.  "
        "[Zeiler et al. 2010; as torch.nn.ConvTranspose2d]";
    op.baseName = "deconv";
    op.inputs = {{"input", "Images: batch x channels x height x width"}};
    op.outputs = {{"output", "One map for each filter, larger by the stride"}};
    op.attributes = withWeightInit(
        {integerAttribute("filters", "Filters", 32, 1, 65536,
                          "How many filters there are: the channels of the output."),
         pairAttribute("kernel", "Kernel size", 3, 1, 1024, "Height and width of the filters."),
         pairAttribute("stride", "Stride", 1, 1, 256, "How far apart the windows lie; 2 doubles height and width."),
         pairAttribute("padding", "Padding", 0, 0, 1024, "Rows and columns that are cut off around the output."),
         pairAttribute("output_padding", "Output padding", 0, 0, 255,
                       "Rows and columns added below and to the right; with a stride more than one size is possible."),
         pairAttribute("dilation", "Dilation", 1, 1, 256, "Distance between the elements of a filter."),
         groupsAttribute(), booleanAttribute("bias", "Bias", true, "Adds a learned number to each map.")},
        "he_normal");
    op.infer = infer;
    op.windows = windows;
    op.forward = forward;
    op.backward = backward;
    op.cost = cost;
    op.backwardReadsInputs = true;
    op.exported = {"ConvTranspose", "ConvTranspose2d", "Conv2DTranspose"};
    op.toPyTorch = toPyTorch;
    op.toKeras = toKeras;
    const auto integer = [](std::int64_t value) { return AttributeValue(value); };
    const auto pair = [](std::int64_t a, std::int64_t b) { return AttributeValue(IntegerList{a, b}); };
    op.samples = {
        {"plain", {{"filters", integer(3)}}, {{DType::Float32, {2, 2, 3, 4}}}},
        {"doubles the size",
         {{"filters", integer(2)}, {"stride", pair(2, 2)}, {"padding", pair(1, 1)}, {"output_padding", pair(1, 1)}},
         {{DType::Float32, {2, 3, 3, 2}}}},
        {"groups, dilation, no bias",
         {{"filters", integer(4)}, {"groups", integer(2)}, {"dilation", pair(2, 1)}, {"bias", AttributeValue(false)}},
         {{DType::Float32, {1, 2, 3, 3}}}},
        {"one pixel", {{"filters", integer(1)}}, {{DType::Float32, {1, 1, 1, 1}}}}};
    return op;
}

}  // namespace gradlens
