// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/reduction.h"

#include <cmath>

namespace gradlens {

namespace {
bool isEuclidean(const Attributes& attributes) {
    return attributes.choice("norm") == "l2";
}

void forward(const ForwardContext& context) {
    const bool euclidean = isEuclidean(context.attributes);
    dispatchReal(context.inputs[0].dtype(), [&]<class T>() {
        const auto to = context.outputs[0].as<T>();
        const auto add = [](T a, T b) { return a + b; };
        if (!euclidean)
            return reduceElements<T>(
                context.arena, context.attributes, context.inputs[0], to.data(), T(0),
                [](T x, std::int64_t) { return std::abs(x); }, add);
        reduceElements<T>(
            context.arena, context.attributes, context.inputs[0], to.data(), T(0),
            [](T x, std::int64_t) { return x * x; }, add);
        mapElements(context.arena, std::span<const T>(to), to, [](T x) { return std::sqrt(x); });
    });
}

void backward(const BackwardContext& context) {
    const bool euclidean = isEuclidean(context.attributes);
    dispatchReal(context.gradOutputs[0].dtype(), [&]<class T>() {
        const T *x = context.inputs[0].as<const T>().data(), *y = context.outputs[0].as<const T>().data(),
                *dy = context.gradOutputs[0].as<const T>().data();
        T* to = context.gradInputs[0].as<T>().data();
        forReduced(context.arena, context.attributes, context.inputs[0].shape(),
                   [=](std::int64_t i, std::int64_t j, std::int64_t count, std::int64_t step) {
                       for (std::int64_t k = 0; k < count; ++k) {
                           const T value = x[i + k], norm = y[j + k * step];
                           const T slope = euclidean ? (norm == T(0) ? T(0) : value / norm)
                                                     : (value > T(0) ? T(1) : (value < T(0) ? T(-1) : value));
                           to[i + k] = slope * dy[j + k * step];
                       }
                   });
    });
}

SourceCode toPyTorch(const SourceCall& call) {
    const bool squared = call.attributes.choice("norm") == "l2";
    return reducesNothing(call) ? pythonFunction("torch.abs(" + call.argument() + ")")
                                : torchReduction(call, "torch.linalg.vector_norm", squared ? "2" : "1");
}

SourceCode toKeras(const SourceCall& call) {
    const std::string& x = call.argument();
    if (reducesNothing(call)) return pythonFunction("ops.abs(" + x + ")");
    if (call.attributes.choice("norm") == "l1") return kerasReduction(call, "ops.sum", "ops.abs(" + x + ")");
    return pythonFunction("ops.sqrt(" + kerasReduction(call, "ops.sum", "ops.square(" + x + ")").results[0] + ")");
}
}  // namespace

OpDefinition defineReduceNorm() {
    OpDefinition op = reduction("ReduceNorm", OpSample::Fill::Away);
    op.summary = "Measures the length of the vector of values along the chosen axes.";
    op.maths =
        "l2: y = √(Σ x²);  dL/dx = x / y · dL/dy, 0 where y is 0.  l1: y = Σ |x|;  dL/dx = sign(x) · dL/dy.  [as "
        "torch.linalg.vector_norm]";
    op.attributes.push_back(
        choiceAttribute("norm", "Norm", "l2", {"l1", "l2"}, "l2: Euclidean length; l1: sum of magnitudes."));
    op.forward = forward;
    op.backward = backward;
    op.backwardReadsInputs = true;
    op.backwardReadsOutputs = true;
    op.kinks = {0};
    op.exported = {"ReduceL2", "torch.linalg.vector_norm", "ops.norm"};
    op.toPyTorch = toPyTorch;
    op.toKeras = toKeras;
    op.samples.push_back({"magnitudes",
                          {{"norm", AttributeValue(std::string("l1"))}},
                          {{DType::Float32, {3, 5, 7}}},
                          OpSample::Fill::Away});
    return op;
}

}  // namespace gradlens
