// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/copy.h"
#include "core/ops/catalogue/batch_error.h"
#include "core/ops/catalogue/op.h"
#include "core/ops/catalogue/python_text.h"

#include <algorithm>
#include <cstring>

namespace gradlens {

namespace {
// Each sample has `rows` rows of `width` elements, of which `taken` are taken.
struct Sizes {
    std::int64_t samples, rows, taken, width;
    Sizes(const Shape& input, const Shape& indices)
        : samples(input[0]), rows(input[1]), taken(indices.slice(1).elements()), width(input.slice(2).elements()) {}
    std::int64_t grain() const {
        return std::max<std::int64_t>(1, kCopyGrain / std::max<std::int64_t>(1, taken * width * 4));
    }
};

Inference infer(const Attributes&, std::span<const TensorType> inputs) {
    const Shape &input = inputs[0].shape, &indices = inputs[1].shape;
    if (input.rank() < 2)
        return inferenceProblem({0, "expects samples with rows to take from", "NxR or NxRx...", input.toString(),
                                 "Put a layer with several outputs before it"});
    if (indices.rank() < 1) return inferenceProblem(noBatchProblem(1));
    if (indices[0] != input[0])
        return inferenceProblem({1, "expects as many samples as the input has", std::to_string(input[0]),
                                 std::to_string(indices[0]), "Take both from the same data"});
    if (indices.rank() + input.rank() - 2 > Shape::kMaxRank)
        return inferenceProblem({0, "would have too many axes", "at most " + std::to_string(Shape::kMaxRank),
                                 std::to_string(indices.rank() + input.rank() - 2), "Reshape the input first"});
    Shape output = indices;
    for (const std::int64_t size : input.slice(2)) output.append(size);
    Inference inference;
    inference.outputs = {{inputs[0].dtype, output}};
    return inference;
}

std::int64_t checkedRow(const std::int32_t* indices, std::int64_t sample, std::int64_t place, const Sizes& sizes) {
    const std::int64_t row = indices[sample * sizes.taken + place];
    if (row < 0 || row >= sizes.rows)
        throw BatchError(sample,
                         "index " + std::to_string(row) + " is none of the " + std::to_string(sizes.rows) + " rows",
                         "Correct the indices, or give the input as many rows");
    return row;
}

void forward(const ForwardContext& context) {
    const Sizes sizes(context.inputs[0].shape(), context.inputs[1].shape());
    const std::int32_t* indices = context.inputs[1].as<const std::int32_t>().data();
    const auto bytes = static_cast<std::size_t>(sizes.width) * sizeOf(context.inputs[0].dtype());
    const auto* from = static_cast<const std::byte*>(context.inputs[0].data());
    auto* const to = static_cast<std::byte*>(context.outputs[0].data());
    context.arena.forRange(sizes.samples, sizes.grain(), [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t sample = begin; sample < end; ++sample)
            for (std::int64_t place = 0; place < sizes.taken; ++place) {
                const std::int64_t row = sample * sizes.rows + checkedRow(indices, sample, place, sizes);
                std::memcpy(to + static_cast<std::size_t>(sample * sizes.taken + place) * bytes,
                            from + static_cast<std::size_t>(row) * bytes, bytes);
            }
    });
}

// A sample's gradient is summed by one thread, in the order of its places. Forward has checked the indices.
void backward(const BackwardContext& context) {
    if (!context.gradInputs[0]) return;
    const Sizes sizes(context.gradInputs[0].shape(), context.inputs[1].shape());
    const std::int32_t* indices = context.inputs[1].as<const std::int32_t>().data();
    dispatchReal(context.gradOutputs[0].dtype(), [&]<class T>() {
        const T* from = context.gradOutputs[0].as<const T>().data();
        T* const to = context.gradInputs[0].as<T>().data();
        context.arena.forRange(sizes.samples, sizes.grain(), [&](std::int64_t begin, std::int64_t end) {
            std::fill(to + begin * sizes.rows * sizes.width, to + end * sizes.rows * sizes.width, T(0));
            for (std::int64_t sample = begin; sample < end; ++sample)
                for (std::int64_t place = 0; place < sizes.taken; ++place) {
                    T* row = to + (sample * sizes.rows + indices[sample * sizes.taken + place]) * sizes.width;
                    const T* gradient = from + (sample * sizes.taken + place) * sizes.width;
                    for (std::int64_t i = 0; i < sizes.width; ++i) row[i] += gradient[i];
                }
        });
    });
}

OpCost cost(const Attributes&, std::span<const TensorType> inputs, const Inference& inference) {
    const auto size = static_cast<double>(sizeOf(inputs[0].dtype));
    const double taken = static_cast<double>(inference.outputs[0].shape.elements()) * size,
                 all = static_cast<double>(inputs[0].shape.elements()) * size;
    const double indices = static_cast<double>(inputs[1].shape.elements()) * 4;
    return {{0, taken + indices, taken}, {taken / size, taken + indices, all}};
}

SourceCode toPyTorch(const SourceCall& call) {
    const std::string& x = call.argument();
    std::string samples = "torch.arange(" + x + ".shape[0], device=" + x + ".device)";
    if (const int places = call.shape(1).rank() - 1; places > 0) {
        Shape ones;
        for (int i = 0; i < places; ++i) ones.append(1);
        samples = torchReshape(samples, ones);
    }
    return pythonFunction(x + "[" + samples + ", " + call.argument(1) + ".long()]");
}

SourceCode toKeras(const SourceCall& call) {
    const Sizes sizes(call.shape(), call.shape(1));
    return pythonFunction(kerasReshape(PythonCall("ops.take_along_axis")
                                           .with(kerasReshape(call.argument(), {sizes.rows, sizes.width}))
                                           .with(kerasReshape(call.argument(1), {sizes.taken, 1}))
                                           .with("axis", "1"),
                                       call.inference.outputs[0].shape.slice(1)));
}
}  // namespace

OpDefinition defineGather() {
    OpDefinition op;
    op.name = "Gather";
    op.category = "Shape";
    op.summary = "Takes rows of each sample by number, in any order and as often as asked for.";
    op.maths =
        "y[n, j, ...] = x[n, index[n, j], ...].  dL/dx[n, r, ...] sums dL/dy[n, j, ...] over all j whose index is r.  "
        "[as torch.gather along the first axis of a sample, whole rows at a time]";
    op.baseName = "gather";
    op.inputs = {{"input", "Batch x rows x ..."},
                 {"indices", "Numbers of rows, from 0: batch x places, or one a sample", PortKind::ClassIndex}};
    op.outputs = {{"output", "Batch x places x ..."}};
    op.infer = infer;
    op.forward = forward;
    op.backward = backward;
    op.cost = cost;
    op.backwardReadsInputs = true;
    op.exported = {"GatherND", "torch.gather", "ops.take_along_axis"};
    op.toPyTorch = toPyTorch;
    op.toKeras = toKeras;
    op.samples = {
        {"rows, some twice", {}, {{DType::Float32, {2, 3, 5}}, {DType::Int32, {2, 19}}}, OpSample::Fill::Normal, 3},
        {"one number a sample", {}, {{DType::Float32, {5, 4}}, {DType::Int32, {5}}}, OpSample::Fill::Normal, 4},
        {"one sample", {}, {{DType::Float32, {1, 2, 3, 2}}, {DType::Int32, {1, 9}}}, OpSample::Fill::Normal, 2}};
    return op;
}

}  // namespace gradlens
