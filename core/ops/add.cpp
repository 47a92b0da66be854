// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/copy.h"
#include "core/ops/catalogue/op.h"
#include "core/ops/catalogue/python_text.h"

#include <algorithm>

namespace gradlens {

namespace {
constexpr std::int64_t kGrain = 1 << 15;  // elements a tile
constexpr std::int64_t kBlock = 1 << 11;  // elements that stay in the first cache while every input is added

Inference infer(const Attributes&, std::span<const TensorType> inputs) {
    for (std::size_t i = 1; i < inputs.size(); ++i)
        if (inputs[i].shape != inputs[0].shape)
            return inferenceProblem(
                {static_cast<int>(i),
                 "cannot add " + inputs[i].shape.toString() + " to " + inputs[0].shape.toString() +
                     ": the shapes must be the same (nothing is broadcast)",
                 inputs[0].shape.toString(), inputs[i].shape.toString(),
                 "Give the branches the same shape, for example by a 1x1 convolution or a Reshape on one of them"});
    Inference inference;
    inference.outputs = {inputs[0]};
    return inference;
}

template <class T>
void forwardAs(const ForwardContext& context) {
    T* to = context.outputs[0].as<T>().data();
    context.arena.forRange(context.outputs[0].elements(), kGrain, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t start = begin; start < end; start += kBlock) {
            const std::int64_t stop = std::min(end, start + kBlock);
            const T* first = context.inputs[0].as<const T>().data();
            if (context.inputs.size() == 1) {
                if (to != first) std::copy(first + start, first + stop, to + start);
                context.epilogue(to + start, stop - start);
                continue;
            }
            // The first two in one go, which also is where the output takes over from input 0.
            const T* second = context.inputs[1].as<const T>().data();
            for (std::int64_t i = start; i < stop; ++i) to[i] = first[i] + second[i];
            for (const TensorView& input : context.inputs.subspan(2)) {
                const T* more = input.as<const T>().data();
                for (std::int64_t i = start; i < stop; ++i) to[i] += more[i];
            }
            context.epilogue(to + start, stop - start);
        }
    });
}

void forward(const ForwardContext& context) {
    dispatchReal(context.outputs[0].dtype(), [&]<class T>() { forwardAs<T>(context); });
}

void backward(const BackwardContext& context) {
    for (const TensorView& gradient : context.gradInputs) copyElements(context.arena, context.gradOutputs[0], gradient);
}

OpCost cost(const Attributes&, std::span<const TensorType> inputs, const Inference& inference) {
    OpCost result = elementwiseCost(static_cast<double>(inputs.size()) - 1, inputs, inference);
    result.backward = {0, result.forward.bytesWritten, result.forward.bytesRead};
    return result;
}

SourceCode toSource(const SourceCall& call) {
    return pythonFunction(joined(call.arguments, " + "));
}
}  // namespace

OpDefinition defineAdd() {
    OpDefinition op;
    op.name = "Add";
    op.category = "Merge";
    op.summary = "Adds tensors of the same shape, as at the end of a residual connection.";
    op.maths = "y = x₀ + x₁ + ...  dL/dxᵢ = dL/dy for every input.  [residual connections: He et al. 2016]";
    op.baseName = "add";
    op.inputs = {{"inputs", "Two or more tensors of one shape", PortKind::Real, true}};
    op.outputs = {{"output", "The inputs' shape"}};
    op.infer = infer;
    op.forward = forward;
    op.backward = backward;
    op.cost = cost;
    op.forwardInPlace = true;
    op.takesEpilogue = true;
    op.backwardInPlace = true;
    op.exported = {"Add", "torch.add", "Add"};
    op.toPyTorch = toSource;
    op.toKeras = toSource;
    op.samples = {{"two", {}, {{DType::Float32, {3, 5}}, {DType::Float32, {3, 5}}}},
                  {"three images",
                   {},
                   {{DType::Float32, {2, 3, 5, 7}}, {DType::Float32, {2, 3, 5, 7}}, {DType::Float32, {2, 3, 5, 7}}}},
                  {"one input", {}, {{DType::Float32, {1, 7}}}}};
    return op;
}

}  // namespace gradlens
