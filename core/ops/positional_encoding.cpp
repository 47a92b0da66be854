// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/elementwise.h"
#include "core/ops/catalogue/op.h"
#include "core/ops/catalogue/python_text.h"

#include <algorithm>
#include <cmath>

namespace gradlens {

namespace {
Inference infer(const Attributes&, std::span<const TensorType> inputs) {
    const Shape& input = inputs[0].shape;
    if (input.rank() != 3)
        return inferenceProblem({0, "expects a batch of sequences of vectors", "NxTxD", input.toString(),
                                 "Insert a Reshape before this layer"});
    Inference inference;
    inference.outputs = {inputs[0]};
    return inference;
}

// PE(t, 2i) = sin(t / base^(2i/d)), PE(t, 2i + 1) = cos of the same.
double encoding(std::int64_t step, std::int64_t place, std::int64_t size, double base) {
    const double angle =
        static_cast<double>(step) / std::pow(base, static_cast<double>(place / 2 * 2) / static_cast<double>(size));
    return place % 2 == 0 ? std::sin(angle) : std::cos(angle);
}

void forward(const ForwardContext& context) {
    const Shape& shape = context.inputs[0].shape();
    const std::int64_t samples = shape[0], steps = shape[1], size = shape[2];
    const double base = context.attributes.real("base");
    // A tile is a step of all samples: its encoding is worked out once.
    const std::int64_t grain = std::max<std::int64_t>(1, kElementwiseGrain / std::max<std::int64_t>(samples * size, 1));
    dispatchReal(context.inputs[0].dtype(), [&]<class T>() {
        const T* input = context.inputs[0].as<const T>().data();
        T* const output = context.outputs[0].as<T>().data();
        context.arena.forRange(steps, grain, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t t = begin; t < end; ++t)
                for (std::int64_t i = 0; i < size; ++i) {
                    const T added = static_cast<T>(encoding(t, i, size, base));
                    for (std::int64_t n = 0; n < samples; ++n)
                        output[(n * steps + t) * size + i] = input[(n * steps + t) * size + i] + added;
                }
        });
    });
}

void backward(const BackwardContext& context) {
    if (context.gradInputs[0].data() == context.gradOutputs[0].data()) return;
    dispatchReal(context.gradOutputs[0].dtype(), [&]<class T>() {
        mapElements(context.arena, context.gradOutputs[0].as<const T>(), context.gradInputs[0].as<T>(),
                    [](T g) { return g; });
    });
}

OpCost cost(const Attributes&, std::span<const TensorType> inputs, const Inference& inference) {
    return elementwiseCost(1, inputs, inference);
}

constexpr const char* kTorchEncoding = R"(def positional_encoding(x, base):
    """Adds sines and cosines of many lengths that mark each step."""
    step = torch.arange(x.shape[1], dtype=torch.float64).unsqueeze(1)
    place = torch.arange(x.shape[2], dtype=torch.float64)
    angle = step / base ** ((place - place % 2) / x.shape[2])
    return x + torch.where(place % 2 == 0, angle.sin(), angle.cos()).to(x))";

constexpr const char* kKerasEncoding = R"(def positional_encoding(x, base):
    """Adds sines and cosines of many lengths that mark each step."""
    step = np.arange(x.shape[1])[:, None]
    place = np.arange(x.shape[2])
    angle = step / base ** ((place - place % 2) / x.shape[2])
    return x + ops.convert_to_tensor(np.where(place % 2 == 0, np.sin(angle), np.cos(angle)), x.dtype))";

SourceCode toSource(const SourceCall& call, const char* helper) {
    return pythonFunction(
        PythonCall("positional_encoding").with(call.argument()).with(python(call.attributes.real("base"))), {helper});
}

SourceCode toPyTorch(const SourceCall& call) {
    return toSource(call, kTorchEncoding);
}

SourceCode toKeras(const SourceCall& call) {
    return toSource(call, kKerasEncoding);
}
}  // namespace

OpDefinition definePositionalEncoding() {
    OpDefinition op;
    op.name = "PositionalEncoding";
    op.category = "Embedding";
    op.summary = "Adds fixed waves of many lengths that mark each position; nothing to learn, any length.";
    op.maths =
        "y[n,t,2i] = x[n,t,2i] + sin(t / base^(2i/d)),  y[n,t,2i+1] = x[n,t,2i+1] + cos(t / base^(2i/d)).  [Vaswani et "
        "al. 2017, 3.5]";
    op.baseName = "position";
    op.inputs = {{"input", "Sequences: batch x steps x size"}};
    op.outputs = {{"output", "The same shape"}};
    op.attributes = {realAttribute("base", "Base", 10000, 2, 1e9, "The longest wave is this many times 2π steps.")};
    op.infer = infer;
    op.forward = forward;
    op.backward = backward;
    op.cost = cost;
    op.forwardInPlace = true;
    op.backwardInPlace = true;
    op.exported = {"Add", "PositionalEncoding", "SinePositionEncoding"};
    op.toPyTorch = toPyTorch;
    op.toKeras = toKeras;
    op.samples = {{"sequences", {}, {{DType::Float32, {2, 5, 4}}}},
                  {"odd size", {}, {{DType::Float32, {3, 2, 3}}}},
                  {"one step", {}, {{DType::Float32, {1, 1, 2}}}}};
    return op;
}

}  // namespace gradlens
