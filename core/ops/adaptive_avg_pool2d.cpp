// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/python_text.h"
#include "core/ops/catalogue/resampling.h"
#include "core/ops/catalogue/windows.h"

namespace gradlens {

namespace {
// Output place i averages ⌊i · size / count⌋ up to ⌈(i + 1) · size / count⌉.
Windows windowsOf(const Attributes& attributes, std::size_t axis, std::int64_t size) {
    const std::int64_t count = attributes.list("output_size")[axis];
    Windows windows;
    for (std::int64_t i = 0; i < count; ++i) {
        const std::int64_t first = i * size / count, end = ((i + 1) * size + count - 1) / count;
        windows.push_back({first, std::vector<double>(static_cast<std::size_t>(end - first),
                                                      1.0 / static_cast<double>(end - first))});
    }
    return windows;
}

Inference infer(const Attributes& attributes, std::span<const TensorType> inputs) {
    const Shape& input = inputs[0].shape;
    if (auto problem = mapsProblem(input)) return inferenceProblem(std::move(*problem));
    const IntegerList& size = attributes.list("output_size");
    Inference inference;
    inference.outputs = {{inputs[0].dtype, {input[0], input[1], size[0], size[1]}}};
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

OpCost cost(const Attributes&, std::span<const TensorType> inputs, const Inference& inference) {
    return elementwiseCost(2, inputs, inference);
}

constexpr const char* kKerasAdaptive = R"(def adaptive_average(x, height, width):
    """The means of height times width windows that cover the maps evenly."""
    rows, columns = x.shape[2], x.shape[3]

    def window(i, j):
        top, bottom = i * rows // height, -(-(i + 1) * rows // height)
        left, right = j * columns // width, -(-(j + 1) * columns // width)
        return ops.mean(x[:, :, top:bottom, left:right], axis=(2, 3))

    return ops.stack([ops.stack([window(i, j) for j in range(width)], axis=-1) for i in range(height)], axis=-2))";

SourceCode toPyTorch(const SourceCall& call) {
    return pythonFunction(PythonCall("F.adaptive_avg_pool2d")
                              .with(call.argument())
                              .with(pythonSize(call.attributes.list("output_size"))));
}

SourceCode toKeras(const SourceCall& call) {
    const IntegerList& size = call.attributes.list("output_size");
    return pythonFunction(
        PythonCall("adaptive_average").with(call.argument()).with(python(size[0])).with(python(size[1])),
        {kKerasAdaptive});
}

std::vector<ReceptiveWindow> windows(const Attributes& attributes) {
    const IntegerList& size = attributes.list("output_size");
    if (size[0] == 1 && size[1] == 1) return {};
    return {{kFromSizes, kFromSizes}, {kFromSizes, kFromSizes}};
}
}  // namespace

OpDefinition defineAdaptiveAvgPool2d() {
    OpDefinition op;
    op.name = "AdaptiveAvgPool2D";
    op.category = "Pooling";
    op.summary =
        "Averages maps of any size to a given size, so that what follows need not know the size of the pictures.";
    op.maths =
        "y[i] is the mean of x from ⌊i · H / out⌋ up to ⌈(i + 1) · H / out⌉, along height and width.  dL/dx spreads "
        "dL/dy evenly over each window.  [He et al. 2014; as torch.nn.AdaptiveAvgPool2d]";
    op.baseName = "pool";
    op.inputs = {{"input", "Maps: batch x channels x height x width"}};
    op.outputs = {{"output", "Maps of the given size"}};
    op.attributes = {pairAttribute("output_size", "Output size", 1, 1, 1024, "Height and width of the output.")};
    op.infer = infer;
    op.windows = windows;
    op.forward = forward;
    op.backward = backward;
    op.cost = cost;
    op.exported = {"AveragePool", "AdaptiveAvgPool2d", "AdaptiveAveragePooling2D"};
    op.toPyTorch = toPyTorch;
    op.toKeras = toKeras;
    const auto size = [](std::int64_t height, std::int64_t width) {
        return Attributes{{"output_size", AttributeValue(IntegerList{height, width})}};
    };
    op.samples = {{"uneven windows", size(2, 3), {{DType::Float32, {2, 3, 5, 7}}}},
                  {"to one pixel", size(1, 1), {{DType::Float32, {3, 2, 4, 3}}}},
                  {"larger than the map", size(3, 5), {{DType::Float32, {1, 2, 2, 3}}}}};
    return op;
}

}  // namespace gradlens
