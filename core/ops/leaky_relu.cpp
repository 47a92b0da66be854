// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/activation.h"
#include "core/ops/catalogue/python_text.h"

namespace gradlens {

namespace {
struct LeakyRelu {
    explicit LeakyRelu(const Attributes& attributes) : slope(attributes.real("slope")) {}
    template <class T>
    T operator()(T x) const {
        return x > T(0) ? x : static_cast<T>(slope) * x;
    }
    double slope;
};

// The slope is not negative, so the output is positive exactly where the input is; a NaN goes through.
void backward(const BackwardContext& context) {
    dispatchReal(context.outputs[0].dtype(), [&]<class T>() {
        const T slope = static_cast<T>(context.attributes.real("slope"));
        zipElements(context.arena, context.outputs[0].as<const T>(), context.gradOutputs[0].as<const T>(),
                    context.gradInputs[0].as<T>(), [slope](T y, T gradient) {
                        const T factor = y > T(0) ? T(1) : (y <= T(0) ? slope : y);
                        return factor * gradient;
                    });
    });
}
}  // namespace

OpDefinition defineLeakyRelu() {
    OpDefinition op = activation("LeakyReLU", "leaky_relu");
    op.summary = "Keeps what is positive and shrinks the rest, so that no unit is ever quite dead.";
    op.maths =
        "y = x where x > 0, else slope · x.  dL/dx = dL/dy where x > 0, else slope · dL/dy.  [Maas, Hannun and Ng "
        "2013]";
    op.attributes = {realAttribute("slope", "Negative slope", 0.01, 0, 1,
                                   "What negative values are multiplied with; 0 makes it a ReLU")};
    op.forward = activationForward<LeakyRelu>;
    op.epilogue = activationEpilogue<LeakyRelu>;
    op.backward = backward;
    op.cost = activationCost<2>;
    op.backwardReadsOutputs = true;
    op.kinks = {0};
    op.exported = {"LeakyRelu", "LeakyReLU", "LeakyReLU"};
    op.toPyTorch = [](const SourceCall& call) {
        return pythonFunction(PythonCall("F.leaky_relu")
                                  .with(call.argument())
                                  .option("negative_slope", call.attributes.real("slope"), 0.01));
    };
    op.toKeras = [](const SourceCall& call) {
        return pythonFunction(PythonCall("ops.leaky_relu")
                                  .with(call.argument())
                                  .with("negative_slope", python(call.attributes.real("slope"))));
    };
    op.samples = {{"matrix", {}, {{DType::Float32, {3, 5}}}, OpSample::Fill::Away},
                  {"steep slope", {{"slope", 0.3}}, {{DType::Float32, {2, 3, 5, 7}}}, OpSample::Fill::Away},
                  {"one", {}, {{DType::Float32, {1, 1}}}, OpSample::Fill::Away}};
    return op;
}

}  // namespace gradlens
