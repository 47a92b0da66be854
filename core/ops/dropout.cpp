// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/copy.h"
#include "core/ops/catalogue/op.h"
#include "core/ops/catalogue/python_text.h"

#include <algorithm>
#include <cmath>

namespace gradlens {

namespace {
constexpr std::int64_t kGrain = 1 << 14;  // elements a tile
constexpr std::int64_t kBlock = 1 << 10;  // random words drawn at a time

Inference infer(const Attributes&, std::span<const TensorType> inputs) {
    Inference inference;
    inference.outputs = {inputs[0]};
    return inference;
}

// Element i is dropped when word i of the node's random sequence is below rate · 2³²; no mask is kept, backward draws
// the same words. A dropped value is multiplied by zero rather than replaced, so that NaN and infinity still show.
template <class T>
void masked(const Arena& arena, const Random& random, double rate, std::span<const T> from, std::span<T> to) {
    const auto threshold = static_cast<std::uint32_t>(std::llround(rate * 0x1.0p32));
    const T scale = static_cast<T>(1.0 / (1.0 - rate));
    arena.forRange(static_cast<std::int64_t>(to.size()), kGrain, [&](std::int64_t begin, std::int64_t end) {
        std::uint32_t words[kBlock];
        for (std::int64_t start = begin; start < end; start += kBlock) {
            const std::int64_t count = std::min(kBlock, end - start);
            random.words(static_cast<std::uint64_t>(start) / 4, std::span(words, static_cast<std::size_t>(count)));
            const T* source = from.data() + start;
            T* target = to.data() + start;
            for (std::int64_t i = 0; i < count; ++i) target[i] = source[i] * (words[i] < threshold ? T(0) : scale);
        }
    });
}

void forward(const ForwardContext& context) {
    const double rate = context.attributes.real("rate");
    if (!context.training || rate == 0) return copyElements(context.arena, context.inputs[0], context.outputs[0]);
    dispatchReal(context.inputs[0].dtype(), [&]<class T>() {
        masked(context.arena, context.random, rate, context.inputs[0].as<const T>(), context.outputs[0].as<T>());
    });
}

void backward(const BackwardContext& context) {
    const double rate = context.attributes.real("rate");
    if (rate == 0) return copyElements(context.arena, context.gradOutputs[0], context.gradInputs[0]);
    dispatchReal(context.gradOutputs[0].dtype(), [&]<class T>() {
        masked(context.arena, context.random, rate, context.gradOutputs[0].as<const T>(),
               context.gradInputs[0].as<T>());
    });
}

OpCost cost(const Attributes&, std::span<const TensorType> inputs, const Inference& inference) {
    OpCost result = elementwiseCost(1, inputs, inference);
    result.backward = result.forward;
    return result;
}
}  // namespace

OpDefinition defineDropout() {
    OpDefinition op;
    op.name = "Dropout";
    op.category = "Regularisation";
    op.summary =
        "While training, silences each value with a given probability, so that no unit relies on another alone.";
    op.maths =
        "Training: y = m · x / (1 - rate), m = 0 with probability rate, else 1, drawn anew at each step.  Evaluation: "
        "y = x.  dL/dx = m / (1 - rate) · dL/dy.  [Srivastava et al. 2014, \"inverted\" form]";
    op.baseName = "dropout";
    op.inputs = {{"input", "Any shape"}};
    op.outputs = {{"output", "The input's shape"}};
    op.attributes = {realAttribute("rate", "Rate", 0.5, 0, 0.99,
                                   "The probability that a value is dropped; 0 switches the layer off")};
    op.infer = infer;
    op.forward = forward;
    op.backward = backward;
    op.cost = cost;
    op.forwardInPlace = true;
    op.backwardInPlace = true;
    op.random = true;
    op.exported = {"Dropout", "Dropout", "Dropout"};
    op.toPyTorch = [](const SourceCall& call) {
        return pythonModule(call, PythonCall("nn.Dropout").with(python(call.attributes.real("rate"))));
    };
    op.toKeras = [](const SourceCall& call) {
        return pythonModule(call, PythonCall("layers.Dropout").with(python(call.attributes.real("rate"))));
    };
    op.samples = {{"matrix", {}, {{DType::Float32, {3, 5}}}},
                  {"rare", {{"rate", 0.1}}, {{DType::Float32, {2, 3, 5, 7}}}},
                  {"switched off", {{"rate", 0.0}}, {{DType::Float32, {5, 7}}}},
                  {"one", {}, {{DType::Float32, {1, 1}}}}};
    return op;
}

}  // namespace gradlens
