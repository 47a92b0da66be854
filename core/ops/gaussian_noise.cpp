// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/copy.h"
#include "core/kernels/elementwise.h"
#include "core/ops/catalogue/op.h"
#include "core/ops/catalogue/python_text.h"

namespace gradlens {

namespace {
Inference infer(const Attributes&, std::span<const TensorType> inputs) {
    Inference inference;
    inference.outputs = {inputs[0]};
    return inference;
}

// A normal number costs as much as some fifty additions.
constexpr std::int64_t kGrain = kElementwiseGrain / 16;

void forward(const ForwardContext& context) {
    const double deviation = context.attributes.real("deviation");
    if (!context.training || deviation == 0) return copyElements(context.arena, context.inputs[0], context.outputs[0]);
    dispatchReal(context.inputs[0].dtype(), [&]<class T>() {
        const auto from = context.inputs[0].as<const T>();
        const auto to = context.outputs[0].as<T>();
        context.arena.forRange(static_cast<std::int64_t>(to.size()), kGrain, [&](std::int64_t begin, std::int64_t end) {
            for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i)
                to[i] = from[i] + static_cast<T>(deviation * context.random.normal(i));
        });
    });
}

void backward(const BackwardContext& context) {
    copyElements(context.arena, context.gradOutputs[0], context.gradInputs[0]);
}

OpCost cost(const Attributes&, std::span<const TensorType> inputs, const Inference& inference) {
    OpCost result = elementwiseCost(2, inputs, inference);
    result.backward = {0, result.forward.bytesRead, result.forward.bytesWritten};
    return result;
}

constexpr const char* kTorchNoise = R"(class GaussianNoise(nn.Module):
    """While training, adds normal noise."""

    def __init__(self, deviation):
        super().__init__()
        self.deviation = deviation

    def forward(self, x):
        return x + self.deviation * torch.randn_like(x) if self.training else x)";

SourceCode toPyTorch(const SourceCall& call) {
    return pythonModule(call, PythonCall("GaussianNoise").with(python(call.attributes.real("deviation"))), {},
                        {kTorchNoise});
}

SourceCode toKeras(const SourceCall& call) {
    const double deviation = call.attributes.real("deviation");
    if (deviation > 1) return pythonProblem("Keras' GaussianNoise takes standard deviations up to 1");
    return pythonModule(call, PythonCall("layers.GaussianNoise").with(python(deviation)));
}
}  // namespace

OpDefinition defineGaussianNoise() {
    OpDefinition op;
    op.name = "GaussianNoise";
    op.category = "Regularisation";
    op.summary = "While training, adds normal noise, so that small changes of the input do not matter.";
    op.maths =
        "Training: y = x + σ · n, n standard normal, drawn anew at each step for each element.  Evaluation: y = x.  "
        "dL/dx = dL/dy.  [Bishop 1995]";
    op.baseName = "noise";
    op.inputs = {{"input", "Any shape"}};
    op.outputs = {{"output", "The input's shape"}};
    op.attributes = {
        realAttribute("deviation", "Standard deviation", 0.1, 0, 1e6, "Of the noise; 0 switches the layer off.")};
    op.infer = infer;
    op.forward = forward;
    op.backward = backward;
    op.cost = cost;
    op.forwardInPlace = true;
    op.backwardInPlace = true;
    op.random = true;
    op.exported = {"RandomNormalLike, Add", "x + sigma * torch.randn_like(x)", "GaussianNoise"};
    op.toPyTorch = toPyTorch;
    op.toKeras = toKeras;
    op.samples = {{"matrix", {}, {{DType::Float32, {3, 5}}}},
                  {"images", {{"deviation", 1.0}}, {{DType::Float32, {2, 3, 5, 7}}}},
                  {"switched off", {{"deviation", 0.0}}, {{DType::Float32, {2, 3}}}}};
    return op;
}

}  // namespace gradlens
