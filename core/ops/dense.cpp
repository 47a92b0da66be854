// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/gemm.h"
#include "core/kernels/sums.h"
#include "core/ops/catalogue/epilogue.h"
#include "core/ops/catalogue/initializer_attribute.h"
#include "core/ops/catalogue/python_text.h"
#include "core/ops/catalogue/windows.h"

namespace gradlens {

namespace {
// The layer as a matrix product: rows x in times in x units.
struct Sizes {
    std::int64_t rows, in, units;
    Sizes(const Attributes& attributes, const Shape& input)
        : rows(input.slice(0, input.rank() - 1).elements()), in(input[-1]), units(attributes.integer("units")) {}
};

Inference infer(const Attributes& attributes, std::span<const TensorType> inputs) {
    const TensorType& input = inputs[0];
    if (input.shape.rank() < 2)
        return inferenceProblem(
            {0, "expects a batch of vectors", "NxF", input.shape.toString(), "Insert a Reshape before this layer"});
    const std::int64_t in = input.shape[-1];
    if (in < 1)
        return inferenceProblem({0, "expects vectors with at least one element", "NxF with F of 1 or more",
                                 input.shape.toString(), "Check the layer before this one"});
    const std::int64_t units = attributes.integer("units");
    Shape output = input.shape;
    output.set(-1, units);
    if (!isPayable(input.shape)) return inferenceProblem(tooLarge("an input", input.shape));
    if (!isPayable(output)) return inferenceProblem(tooLarge("an output", output));
    if (!isPayable({units, in})) return inferenceProblem(tooLarge("a weight", {units, in}));

    Inference inference;
    inference.outputs = {{input.dtype, output}};
    addWeight(inference, attributes, {units, in}, in, units);
    if (attributes.flag("bias")) inference.parameters.push_back(biasParameter(units));
    const Sizes sizes(attributes, input.shape);
    dispatchReal(input.dtype,
                 [&]<class T>() { inference.backwardScratch = gemmScratchBytes<T>(units, in, sizes.rows); });
    return inference;
}

void forward(const ForwardContext& context) {
    const TensorView& input = context.inputs[0];
    const Sizes s(context.attributes, input.shape());
    dispatchReal(input.dtype(), [&]<class T>() {
        T* const output = context.outputs[0].as<T>().data();
        GemmFinish<T> finish;
        if (context.parameters.size() > 1) finish.bias = context.parameters[1].as<const T>().data();
        finishWith<T>(context.epilogue, finish);
        gemm<T>(context.arena, s.rows, s.units, s.in, T(1), {input.as<const T>().data(), s.in},
                {context.parameters[0].as<const T>().data(), s.in, Transposed::Yes}, T(0), output, s.units, nullptr,
                finish);
    });
}

void backward(const BackwardContext& context) {
    const TensorView& input = context.inputs[0];
    const Sizes s(context.attributes, input.shape());
    dispatchReal(input.dtype(), [&]<class T>() {
        const T* gradOutput = context.gradOutputs[0].as<const T>().data();
        if (const TensorView& weight = context.gradParameters[0])
            gemm<T>(context.arena, s.units, s.in, s.rows, T(1), {gradOutput, s.units, Transposed::Yes},
                    {input.as<const T>().data(), s.in}, T(0), weight.as<T>().data(), s.in,
                    static_cast<std::byte*>(context.scratch.data()));
        if (context.gradParameters.size() > 1 && context.gradParameters[1])
            sumRows<T>(context.arena, s.rows, s.units, gradOutput, context.gradParameters[1].as<T>().data());
        if (context.gradInputs[0])
            gemm<T>(context.arena, s.rows, s.in, s.units, T(1), {gradOutput, s.units},
                    {context.parameters[0].as<const T>().data(), s.in}, T(0), context.gradInputs[0].as<T>().data(),
                    s.in);
    });
}

OpCost cost(const Attributes& attributes, std::span<const TensorType> inputs, const Inference& inference) {
    const Sizes s(attributes, inputs[0].shape);
    const auto bytes = [&](const Shape& shape) {
        return static_cast<double>(shape.elements()) * static_cast<double>(sizeOf(inputs[0].dtype));
    };
    const double macs = static_cast<double>(s.rows) * static_cast<double>(s.in) * static_cast<double>(s.units);
    const Shape& output = inference.outputs[0].shape;
    double parameters = 0;
    for (const ParameterSpec& parameter : inference.parameters) parameters += bytes(parameter.shape);
    const double biasFlops = attributes.flag("bias") ? static_cast<double>(output.elements()) : 0;
    OpCost result;
    result.forward = {2 * macs + biasFlops, bytes(inputs[0].shape) + parameters, bytes(output)};
    result.backward = {4 * macs + biasFlops, bytes(inputs[0].shape) + 2 * bytes(output) + parameters,
                       bytes(inputs[0].shape) + parameters};
    return result;
}

SourceCode toPyTorch(const SourceCall& call) {
    return pythonModule(call,
                        PythonCall("nn.Linear")
                            .with(python(call.shape()[-1]))
                            .with(python(call.attributes.integer("units")))
                            .option("bias", call.attributes.flag("bias"), true),
                        sameWeights(call.inference));
}

SourceCode toKeras(const SourceCall& call) {
    std::vector<SourceCode::Weight> weights{{"kernel", {0}, "{0}.T"}};
    if (call.attributes.flag("bias")) weights.push_back({"bias", {1}});
    return pythonModule(call,
                        PythonCall("layers.Dense")
                            .with(python(call.attributes.integer("units")))
                            .option("use_bias", call.attributes.flag("bias"), true),
                        std::move(weights));
}
}  // namespace

OpDefinition defineDense() {
    OpDefinition op;
    op.name = "Dense";
    op.category = "Dense";
    op.summary = "Connects every input to every unit: a weighted sum of the inputs for each.";
    op.maths =
        "y = x Wᵀ + b over the last axis, W of units x inputs.  dL/dx = dL/dy W,  dL/dW = (dL/dy)ᵀ x,  dL/db = Σ "
        "dL/dy.  [Rumelhart, Hinton and Williams 1986]";
    op.baseName = "dense";
    op.inputs = {
        {"input", "Vectors: batch x features. Of tensors with more axes each vector along the last axis is taken"}};
    op.outputs = {{"output", "The input's shape with the last size replaced by the number of units"}};
    op.attributes = withWeightInit(
        {integerAttribute("units", "Units", 128, 1, 16777216, "How many numbers the layer gives for each vector."),
         booleanAttribute("bias", "Bias", true, "Adds a learned number to each unit.")},
        "glorot_uniform");
    op.infer = infer;
    op.forward = forward;
    op.backward = backward;
    op.cost = cost;
    op.backwardReadsInputs = true;
    op.takesEpilogue = true;
    op.exported = {"Gemm", "Linear", "Dense"};
    op.toPyTorch = toPyTorch;
    op.toKeras = toKeras;
    const auto units = [](std::int64_t value) { return Attributes{{"units", AttributeValue(value)}}; };
    op.samples = {{"vectors", units(5), {{DType::Float32, {4, 7}}}},
                  {"batch of one", units(3), {{DType::Float32, {1, 6}}}},
                  {"one unit", units(1), {{DType::Float32, {5, 9}}}},
                  {"one feature", units(4), {{DType::Float32, {3, 1}}}},
                  {"no bias",
                   {{"units", AttributeValue(std::int64_t{6})}, {"bias", AttributeValue(false)}},
                   {{DType::Float32, {3, 11}}}},
                  {"sequences", units(4), {{DType::Float32, {2, 3, 5}}}}};
    return op;
}

}  // namespace gradlens
