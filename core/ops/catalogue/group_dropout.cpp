// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/group_dropout.h"

#include "core/kernels/copy.h"
#include "core/kernels/elementwise.h"
#include "core/ops/catalogue/python_text.h"

#include <algorithm>
#include <cmath>

namespace gradlens {

namespace {
template <int kGroupAxes>
Inference infer(const Attributes&, std::span<const TensorType> inputs) {
    const Shape& shape = inputs[0].shape;
    if (shape.rank() < kGroupAxes)
        return inferenceProblem(kGroupAxes == 1 ? noBatchProblem(0)
                                                : OpProblem{0, "expects channels", "NxC or NxCx...", shape.toString(),
                                                            "Put a layer with channels before it"});
    Inference inference;
    inference.outputs = {inputs[0]};
    return inference;
}

// Group g is dropped when word g of the node's random sequence is below rate · 2³²; backward draws the same words.
// Dropped values are multiplied by zero, so that NaN and infinity still show.
template <int kGroupAxes>
void masked(const Arena& arena, const Random& random, double rate, const TensorView& from, const TensorView& to) {
    const auto threshold = static_cast<std::uint32_t>(std::llround(rate * 0x1.0p32));
    const std::int64_t groups = to.shape().slice(0, kGroupAxes).elements(),
                       size = to.shape().slice(kGroupAxes).elements();
    dispatchReal(to.dtype(), [&]<class T>() {
        const T scale = static_cast<T>(1.0 / (1.0 - rate));
        const T* source = from.as<const T>().data();
        T* target = to.as<T>().data();
        arena.forRange(groups, std::max<std::int64_t>(1, kElementwiseGrain / std::max<std::int64_t>(size, 1)),
                       [&](std::int64_t begin, std::int64_t end) {
                           for (std::int64_t group = begin; group < end; ++group) {
                               const T factor =
                                   random.word(static_cast<std::uint64_t>(group)) < threshold ? T(0) : scale;
                               for (std::int64_t i = group * size; i < (group + 1) * size; ++i)
                                   target[i] = source[i] * factor;
                           }
                       });
    });
}

template <int kGroupAxes>
void forward(const ForwardContext& context) {
    const double rate = context.attributes.real("rate");
    if (!context.training || rate == 0) return copyElements(context.arena, context.inputs[0], context.outputs[0]);
    masked<kGroupAxes>(context.arena, context.random, rate, context.inputs[0], context.outputs[0]);
}

template <int kGroupAxes>
void backward(const BackwardContext& context) {
    const double rate = context.attributes.real("rate");
    if (rate == 0) return copyElements(context.arena, context.gradOutputs[0], context.gradInputs[0]);
    masked<kGroupAxes>(context.arena, context.random, rate, context.gradOutputs[0], context.gradInputs[0]);
}

OpCost cost(const Attributes&, std::span<const TensorType> inputs, const Inference& inference) {
    OpCost result = elementwiseCost(1, inputs, inference);
    result.backward = result.forward;
    return result;
}

constexpr const char* kTorchGroupDropout = R"(class GroupDropout(nn.Module):
    """While training, silences all that lies behind the first axes of a value together."""

    def __init__(self, rate, axes):
        super().__init__()
        self.rate, self.axes = rate, axes

    def forward(self, x):
        if not self.training or self.rate == 0:
            return x
        groups = x.shape[: self.axes] + (1,) * (x.dim() - self.axes)
        kept = torch.rand(groups, device=x.device) >= self.rate
        return x * kept.to(x.dtype) / (1 - self.rate))";

template <int kGroupAxes>
SourceCode toPyTorch(const SourceCall& call) {
    const std::string rate = python(call.attributes.real("rate"));
    if (kGroupAxes == 2 && call.shape().rank() == 4) return pythonModule(call, "nn.Dropout2d(" + rate + ")");
    return pythonModule(call, PythonCall("GroupDropout").with(rate).with(python(kGroupAxes)), {}, {kTorchGroupDropout});
}

template <int kGroupAxes>
SourceCode toKeras(const SourceCall& call) {
    std::string shape = "(";
    for (int axis = 0; axis < call.shape().rank(); ++axis) shape += axis < kGroupAxes ? "None, " : "1, ";
    shape.replace(shape.size() - 2, 2, call.shape().rank() == 1 ? ",)" : ")");
    return pythonModule(
        call, PythonCall("layers.Dropout").with(python(call.attributes.real("rate"))).with("noise_shape", shape));
}
}  // namespace

OpDefinition groupDropout(int groupAxes) {
    OpDefinition op;
    op.category = "Regularisation";
    op.outputs = {{"output", "The input's shape"}};
    op.infer = groupAxes == 1 ? infer<1> : infer<2>;
    op.forward = groupAxes == 1 ? forward<1> : forward<2>;
    op.backward = groupAxes == 1 ? backward<1> : backward<2>;
    op.cost = cost;
    op.forwardInPlace = true;
    op.backwardInPlace = true;
    op.random = true;
    op.toPyTorch = groupAxes == 1 ? toPyTorch<1> : toPyTorch<2>;
    op.toKeras = groupAxes == 1 ? toKeras<1> : toKeras<2>;
    return op;
}

}  // namespace gradlens
