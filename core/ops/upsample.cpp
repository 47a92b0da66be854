// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/python_text.h"
#include "core/ops/catalogue/resampling.h"
#include "core/ops/catalogue/windows.h"

#include <algorithm>

namespace gradlens {

namespace {
// Centres of pixels lie at half numbers in both maps ("align corners" off).
Windows windowsOf(const Attributes& attributes, std::size_t axis, std::int64_t size) {
    const std::int64_t factor = attributes.list("factor")[axis];
    const bool nearest = attributes.choice("mode") == "nearest";
    Windows windows;
    for (std::int64_t i = 0; i < size * factor; ++i) {
        if (nearest) {
            windows.push_back({i / factor, {1.0}});
            continue;
        }
        const double at = std::max(0.0, (static_cast<double>(i) + 0.5) / static_cast<double>(factor) - 0.5);
        const auto first = static_cast<std::int64_t>(at);
        const double beyond = at - static_cast<double>(first);
        if (first + 1 < size)
            windows.push_back({first, {1 - beyond, beyond}});
        else
            windows.push_back({first, {1.0}});
    }
    return windows;
}

Inference infer(const Attributes& attributes, std::span<const TensorType> inputs) {
    const Shape& input = inputs[0].shape;
    if (auto problem = mapsProblem(input)) return inferenceProblem(std::move(*problem));
    const IntegerList& factor = attributes.list("factor");
    const Shape output = {input[0], input[1], input[2] * factor[0], input[3] * factor[1]};
    if (!isPayable(output)) return inferenceProblem(tooLarge("an output", output));
    Inference inference;
    inference.outputs = {{inputs[0].dtype, output}};
    return inference;
}

void forward(const ForwardContext& context) {
    const Shape& input = context.inputs[0].shape();
    resample(context.arena, context.inputs[0], windowsOf(context.attributes, 0, input[2]),
             windowsOf(context.attributes, 1, input[3]), context.outputs[0]);
}

void backward(const BackwardContext& context) {
    const Shape& input = context.gradInputs[0].shape();
    resampleBackward(context.arena, context.gradOutputs[0], windowsOf(context.attributes, 0, input[2]),
                     windowsOf(context.attributes, 1, input[3]), context.gradInputs[0]);
}

OpCost cost(const Attributes& attributes, std::span<const TensorType> inputs, const Inference& inference) {
    return elementwiseCost(attributes.choice("mode") == "nearest" ? 1 : 7, inputs, inference);
}

SourceCode toPyTorch(const SourceCall& call) {
    const IntegerList& factor = call.attributes.list("factor");
    PythonCall resizing("F.interpolate");
    resizing.with(call.argument()).with("scale_factor", pythonSize(factor));
    if (call.attributes.choice("mode") == "bilinear")
        resizing.with("mode", python("bilinear")).with("align_corners", python(false));
    return pythonFunction(resizing);
}

SourceCode toKeras(const SourceCall& call) {
    const IntegerList& factor = call.attributes.list("factor");
    if (call.attributes.choice("mode") == "nearest")
        return pythonFunction("ops.repeat(ops.repeat(" + call.argument() + ", " + python(factor[0]) + ", axis=2), " +
                              python(factor[1]) + ", axis=3)");
    return pythonFunction(PythonCall("ops.image.resize")
                              .with(call.argument())
                              .with(python(call.inference.outputs[0].shape.slice(2)))
                              .with("interpolation", python("bilinear"))
                              .with("data_format", python("channels_first")));
}

std::vector<ReceptiveWindow> windows(const Attributes& attributes) {
    const std::int64_t extent = attributes.choice("mode") == "bilinear" ? 2 : 1;
    std::vector<ReceptiveWindow> result;
    for (const std::int64_t factor : attributes.list("factor"))
        result.push_back(factor > 1 ? ReceptiveWindow{extent, kFromSizes} : ReceptiveWindow{});
    return result;
}
}  // namespace

OpDefinition defineUpsample() {
    OpDefinition op;
    op.name = "Upsample";
    op.category = "Pooling";
    op.summary = "Makes maps larger by a whole factor, by repeating pixels or by blending neighbours.";
    op.maths =
        "nearest: y[i] = x[⌊i / factor⌋].  bilinear: y at i is x at (i + ½) / factor - ½, not below 0, blended "
        "linearly from its neighbours, along height and width (align_corners off).  dL/dx sums dL/dy by the same "
        "weights.  [as torch.nn.Upsample]";
    op.baseName = "upsample";
    op.inputs = {{"input", "Maps: batch x channels x height x width"}};
    op.outputs = {{"output", "Larger maps"}};
    op.attributes = {pairAttribute("factor", "Factor", 2, 1, 64, "How many times as high and as wide the maps become."),
                     choiceAttribute("mode", "Mode", "nearest", {"nearest", "bilinear"},
                                     "nearest repeats pixels; bilinear blends neighbours.")};
    op.infer = infer;
    op.windows = windows;
    op.forward = forward;
    op.backward = backward;
    op.cost = cost;
    op.exported = {"Resize", "Upsample", "UpSampling2D"};
    op.toPyTorch = toPyTorch;
    op.toKeras = toKeras;
    const auto with = [](IntegerList factor, const char* mode) {
        return Attributes{{"factor", AttributeValue(std::move(factor))}, {"mode", AttributeValue(std::string(mode))}};
    };
    op.samples = {{"repeated", with({2, 2}, "nearest"), {{DType::Float32, {2, 3, 3, 5}}}},
                  {"blended", with({2, 3}, "bilinear"), {{DType::Float32, {2, 3, 4, 3}}}},
                  {"blended from one pixel", with({3, 2}, "bilinear"), {{DType::Float32, {1, 2, 1, 1}}}},
                  {"width only", with({1, 4}, "nearest"), {{DType::Float32, {1, 1, 3, 2}}}}};
    return op;
}

}  // namespace gradlens
