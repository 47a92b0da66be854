// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/pointwise.h"
#include "core/ops/catalogue/python_text.h"

namespace gradlens {

namespace {
struct Bounds {
    explicit Bounds(const Attributes& attributes) : lowest(attributes.real("min")), highest(attributes.real("max")) {}
    template <class T>
    T operator()(T x) const {
        return x < static_cast<T>(lowest) ? static_cast<T>(lowest)
                                          : (x > static_cast<T>(highest) ? static_cast<T>(highest) : x);
    }
    template <class T>
    T derivative(T x) const {
        return x < static_cast<T>(lowest) || x > static_cast<T>(highest) ? T(0) : T(1);
    }
    double lowest, highest;
};

Inference infer(const Attributes& attributes, std::span<const TensorType> inputs) {
    const std::string lowest = toText(attributes.real("min")), highest = toText(attributes.real("max"));
    if (attributes.real("min") > attributes.real("max"))
        return inferenceProblem({-1, "has minimum " + lowest + " above its maximum " + highest, "minimum ≤ maximum",
                                 lowest + " > " + highest, "Swap the two bounds"});
    Inference inference;
    inference.outputs = {inputs[0]};
    return inference;
}
}  // namespace

OpDefinition defineClip() {
    OpDefinition op = pointwise<Bounds, DerivativeOf::Input, 2>("Clip", "clip");
    op.category = "Arithmetic";
    op.summary = "Keeps values within two bounds.";
    op.maths = "y = min(max(x, min), max).  dL/dx = dL/dy where min ≤ x ≤ max, else 0.  [as torch.clamp]";
    op.attributes = {realAttribute("min", "Minimum", 0.0, -1e30, 1e30, "Smaller values become this"),
                     realAttribute("max", "Maximum", 1.0, -1e30, 1e30, "Larger values become this")};
    op.infer = infer;
    op.kinks = {-0.5, 0, 0.75, 1};
    op.exported = {"Clip", "torch.clamp", "ops.clip"};
    op.toPyTorch = [](const SourceCall& call) {
        return pythonFunction(PythonCall("torch.clamp")
                                  .with(call.argument())
                                  .with(python(call.attributes.real("min")))
                                  .with(python(call.attributes.real("max"))));
    };
    op.toKeras = [](const SourceCall& call) {
        return pythonFunction(PythonCall("ops.clip")
                                  .with(call.argument())
                                  .with(python(call.attributes.real("min")))
                                  .with(python(call.attributes.real("max"))));
    };
    op.samples = pointwiseSamples(OpSample::Fill::Away);
    op.samples.push_back(
        {"both signs", {{"min", -0.5}, {"max", 0.75}}, {{DType::Float32, {3, 7}}}, OpSample::Fill::Away});
    return op;
}

}  // namespace gradlens
