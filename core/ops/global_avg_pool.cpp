// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/global_pool.h"

namespace gradlens {

namespace {
void forward(const ForwardContext& context) {
    const MapLayout layout(context.inputs[0].shape());
    dispatchReal(context.inputs[0].dtype(), [&]<class T>() {
        const T* input = context.inputs[0].as<const T>().data();
        T* const output = context.outputs[0].as<T>().data();
        context.arena.forRange(layout.maps, layout.grain(), [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t map = begin; map < end; ++map) {
                const T* from = input + map * layout.elements;
                output[map] = laneSum<T>(layout.elements, [&](std::int64_t i) { return from[i]; }) /
                              static_cast<T>(layout.elements);
            }
        });
    });
}

void backward(const BackwardContext& context) {
    const MapLayout layout(context.gradInputs[0].shape());
    dispatchReal(context.gradOutputs[0].dtype(), [&]<class T>() {
        const T* gradient = context.gradOutputs[0].as<const T>().data();
        T* const target = context.gradInputs[0].as<T>().data();
        context.arena.forRange(layout.maps, layout.grain(), [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t map = begin; map < end; ++map)
                std::fill_n(target + map * layout.elements, layout.elements,
                            gradient[map] / static_cast<T>(layout.elements));
        });
    });
}
}  // namespace

OpDefinition defineGlobalAvgPool() {
    OpDefinition op = globalPoolOp();
    op.name = "GlobalAvgPool";
    op.summary = "The mean of each map: what a network saw anywhere, whatever the size of the image.";
    op.maths = "y[n,c] = mean of x[n,c,...].  dL/dx spreads dL/dy evenly.  [Lin, Chen and Yan 2014]";
    op.forward = forward;
    op.backward = backward;
    op.exported = {"GlobalAveragePool", "AdaptiveAvgPool2d(1)", "GlobalAveragePooling2D"};
    op.toPyTorch = [](const SourceCall& call) { return globalPoolSource(call, "torch.mean", "dim"); };
    op.toKeras = [](const SourceCall& call) { return globalPoolSource(call, "ops.mean", "axis"); };
    return op;
}

}  // namespace gradlens
