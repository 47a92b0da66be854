// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/binary.h"

#include <algorithm>

namespace gradlens {

namespace {
// The sample's size along `axis` counted from the last (1 is the last); 1 where there is no such axis.
std::int64_t fromTheLast(const Shape& shape, int axis) {
    return axis < shape.rank() ? shape[-axis] : 1;
}

OpCost cost(const Attributes&, std::span<const TensorType> inputs, const Inference& inference) {
    return elementwiseCost(1, inputs, inference);
}
}  // namespace

Inference inferBroadcast(const Attributes&, std::span<const TensorType> inputs) {
    for (std::size_t i = 0; i < inputs.size(); ++i)
        if (inputs[i].shape.rank() == 0) return inferenceProblem(noBatchProblem(static_cast<int>(i)));
    const Shape &a = inputs[0].shape, &b = inputs[1].shape;
    const int rank = std::max(a.rank(), b.rank());
    Shape result = rank == a.rank() ? a : b;
    bool fits = a[0] == b[0];
    for (int axis = 1; axis < rank; ++axis) {
        const std::int64_t first = fromTheLast(a, axis), second = fromTheLast(b, axis);
        fits &= first == second || first == 1 || second == 1;
        result.set(rank - axis, first == 1 ? second : first);
    }
    if (!fits)
        return inferenceProblem(
            {1,
             "cannot combine " + b.toString() + " with " + a.toString() +
                 ": batches must be equal, and every other size equal or 1, counted from the last axis",
             a.toString(), b.toString(), "Give both the same shape, or sizes of 1 where values are to repeat"});
    Inference inference;
    inference.outputs = {{inputs[0].dtype, result}};
    return inference;
}

std::string alignedOperand(const SourceCall& call, std::size_t input, ReshapeText* reshape) {
    const int missing = call.shape(1 - input).rank() - call.shape(input).rank();
    if (missing <= 0) return call.argument(input);
    Shape sample;
    for (int i = 0; i < missing; ++i) sample.append(1);
    for (const std::int64_t size : call.shape(input).slice(1)) sample.append(size);
    return reshape(call.argument(input), sample);
}

OpDefinition binaryOp(std::string name, std::string baseName, OpSample::Fill fill) {
    OpDefinition op;
    op.name = std::move(name);
    op.category = "Arithmetic";
    op.baseName = std::move(baseName);
    op.inputs = {{"a", "The first operand: batch x ..."}, {"b", "The second; sizes of 1 and missing axes repeat"}};
    op.outputs = {{"output", "The inputs' shape, broadcast"}};
    op.infer = inferBroadcast;
    op.cost = cost;
    const auto sample = [fill](std::string title, Shape a, Shape b) {
        return OpSample{std::move(title), {}, {{DType::Float32, a}, {DType::Float32, b}}, fill};
    };
    op.samples = {sample("equal shapes", {3, 5}, {3, 5}),
                  sample("one number a channel", {2, 3, 5, 7}, {2, 3, 1, 1}),
                  sample("one number a row", {3, 1}, {3, 19}),
                  sample("both repeat", {2, 1, 5}, {2, 3, 1}),
                  sample("one number a sample", {3, 2, 17}, {3}),
                  sample("fewer axes", {2, 3, 5}, {2, 5}),
                  sample("repeated rows", {2, 3, 1, 7}, {2, 3, 4, 7}),
                  sample("one sample", {1, 1}, {1, 1})};
    return op;
}

}  // namespace gradlens
