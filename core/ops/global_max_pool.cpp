// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/global_pool.h"

namespace gradlens {

namespace {
// The first of the largest; the first NaN where there is one.
template <class T>
std::int64_t largestOf(const T* values, std::int64_t count) {
    std::int64_t best = 0;
    for (std::int64_t i = 0; i < count; ++i) {
        if (values[i] != values[i]) return i;
        if (values[i] > values[best]) best = i;
    }
    return best;
}

void forward(const ForwardContext& context) {
    const MapLayout layout(context.inputs[0].shape());
    dispatchReal(context.inputs[0].dtype(), [&]<class T>() {
        const T* input = context.inputs[0].as<const T>().data();
        T* const output = context.outputs[0].as<T>().data();
        context.arena.forRange(layout.maps, layout.grain(), [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t map = begin; map < end; ++map)
                output[map] = input[map * layout.elements + largestOf(input + map * layout.elements, layout.elements)];
        });
    });
}

void backward(const BackwardContext& context) {
    const MapLayout layout(context.inputs[0].shape());
    dispatchReal(context.gradOutputs[0].dtype(), [&]<class T>() {
        const T *input = context.inputs[0].as<const T>().data(),
                *gradient = context.gradOutputs[0].as<const T>().data();
        T* const target = context.gradInputs[0].as<T>().data();
        context.arena.forRange(layout.maps, layout.grain(), [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t map = begin; map < end; ++map) {
                T* const to = target + map * layout.elements;
                std::fill_n(to, layout.elements, T(0));
                to[largestOf(input + map * layout.elements, layout.elements)] = gradient[map];
            }
        });
    });
}
}  // namespace

OpDefinition defineGlobalMaxPool() {
    OpDefinition op = globalPoolOp();
    op.name = "GlobalMaxPool";
    op.summary = "The largest number of each map: how strongly a feature was seen anywhere.";
    op.maths = "y[n,c] = max of x[n,c,...].  dL/dx gets dL/dy where the (first) largest stood, else 0.";
    op.forward = forward;
    op.backward = backward;
    op.backwardReadsInputs = true;
    op.exported = {"GlobalMaxPool", "AdaptiveMaxPool2d(1)", "GlobalMaxPooling2D"};
    op.toPyTorch = [](const SourceCall& call) { return globalPoolSource(call, "torch.amax", "dim"); };
    op.toKeras = [](const SourceCall& call) { return globalPoolSource(call, "ops.max", "axis"); };
    return op;
}

}  // namespace gradlens
