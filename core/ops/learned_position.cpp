// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/elementwise.h"
#include "core/kernels/sums.h"
#include "core/ops/catalogue/op.h"
#include "core/ops/catalogue/python_text.h"

#include <algorithm>

namespace gradlens {

namespace {
Inference infer(const Attributes& attributes, std::span<const TensorType> inputs) {
    const Shape& input = inputs[0].shape;
    if (input.rank() != 3)
        return inferenceProblem({0, "expects a batch of sequences of vectors", "NxTxD", input.toString(),
                                 "Insert a Reshape before this layer"});
    const std::int64_t length = attributes.integer("max_length");
    if (input[1] > length)
        return inferenceProblem({0, "has positions for " + std::to_string(length) + " steps only",
                                 "at most " + std::to_string(length) + " steps", input.toString(), "Raise max_length"});
    Inference inference;
    inference.outputs = {inputs[0]};
    inference.parameters = {{"weight", {length, input[2]}, Initializer::Normal, 1, 1, 0.02, true, true}};
    return inference;
}

void forward(const ForwardContext& context) {
    const Shape& shape = context.inputs[0].shape();
    const std::int64_t perSample = shape[1] * shape[2];
    dispatchReal(context.inputs[0].dtype(), [&]<class T>() {
        const T *input = context.inputs[0].as<const T>().data(), *weight = context.parameters[0].as<const T>().data();
        T* const output = context.outputs[0].as<T>().data();
        context.arena.forRange(shape[0],
                               std::max<std::int64_t>(1, kElementwiseGrain / std::max<std::int64_t>(perSample, 1)),
                               [&](std::int64_t begin, std::int64_t end) {
                                   for (std::int64_t n = begin; n < end; ++n)
                                       for (std::int64_t i = 0; i < perSample; ++i)
                                           output[n * perSample + i] = input[n * perSample + i] + weight[i];
                               });
    });
}

void backward(const BackwardContext& context) {
    const Shape& shape = context.gradOutputs[0].shape();
    const std::int64_t perSample = shape[1] * shape[2];
    dispatchReal(context.gradOutputs[0].dtype(), [&]<class T>() {
        if (const TensorView& weight = context.gradParameters[0]) {
            T* const gradient = weight.as<T>().data();
            std::fill_n(gradient + perSample, weight.elements() - perSample,
                        T(0));  // positions that no sequence reached
            sumRows<T>(context.arena, shape[0], perSample, context.gradOutputs[0].as<const T>().data(), gradient);
        }
        if (context.gradInputs[0] && context.gradInputs[0].data() != context.gradOutputs[0].data())
            mapElements(context.arena, context.gradOutputs[0].as<const T>(), context.gradInputs[0].as<T>(),
                        [](T g) { return g; });
    });
}

OpCost cost(const Attributes&, std::span<const TensorType> inputs, const Inference& inference) {
    return elementwiseCost(1, inputs, inference);
}

SourceCode toPyTorch(const SourceCall& call) {
    const std::string& x = call.argument();
    SourceCode code = pythonModule(
        call,
        PythonCall("nn.Embedding").with(python(call.attributes.integer("max_length"))).with(python(call.shape()[2])),
        sameWeights(call.inference));
    code.results = {x + " + " + call.module + ".weight[:" + x + ".shape[1]]"};
    return code;
}

SourceCode toKeras(const SourceCall& call) {
    SourceCode code = pythonModule(call,
                                   PythonCall("layers.Embedding")
                                       .with(python(call.attributes.integer("max_length")))
                                       .with(python(call.shape()[2])),
                                   {{"embeddings", {0}}});
    code.results = {call.argument() + " + " + call.module + "(ops.arange(" + python(call.shape()[1]) + "))"};
    return code;
}
}  // namespace

OpDefinition defineLearnedPosition() {
    OpDefinition op;
    op.name = "LearnedPosition";
    op.category = "Embedding";
    op.summary = "Adds a learned vector for each position, so that attention can tell first from last.";
    op.maths =
        "y[n,t] = x[n,t] + W[t].  dL/dW[t] sums dL/dy[n,t] over the samples.  [Gehring et al. 2017; Radford et al. "
        "2018]";
    op.baseName = "position";
    op.inputs = {{"input", "Sequences: batch x steps x size"}};
    op.outputs = {{"output", "The same shape"}};
    op.attributes = {
        integerAttribute("max_length", "Longest sequence", 256, 1, 16777216, "How many positions have a vector.")};
    op.infer = infer;
    op.forward = forward;
    op.backward = backward;
    op.cost = cost;
    op.forwardInPlace = true;
    op.backwardInPlace = true;
    op.exported = {"Add", "Embedding", "Embedding"};
    op.toPyTorch = toPyTorch;
    op.toKeras = toKeras;
    const Attributes length{{"max_length", AttributeValue(std::int64_t{5})}};
    op.samples = {{"shorter than the longest", length, {{DType::Float32, {3, 4, 2}}}},
                  {"the longest", length, {{DType::Float32, {2, 5, 3}}}},
                  {"one step", length, {{DType::Float32, {1, 1, 3}}}}};
    return op;
}

}  // namespace gradlens
