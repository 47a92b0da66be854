// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/support_op_runner.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

namespace gradlens::test {

namespace {
constexpr std::size_t kGuard = 64;
constexpr std::byte kGuardByte{0xA5};
constexpr double kStep = 1e-6;  // of central differences
constexpr double kAwayFromKinks = 0.05;

std::vector<TensorView> views(const std::vector<Guarded>& values) {
    std::vector<TensorView> result;
    for (const Guarded& value : values) result.push_back(value.view());
    return result;
}

std::vector<TensorView> viewsIf(bool kept, const std::vector<Guarded>& values) {
    std::vector<TensorView> result;
    for (const Guarded& value : values) result.push_back(kept ? value.view() : value.withoutMemory());
    return result;
}

double away(double value, const std::vector<double>& kinks) {
    for (const double kink : kinks)
        if (std::abs(value - kink) < kAwayFromKinks) value += value < kink ? -kAwayFromKinks : kAwayFromKinks;
    return value;
}

void fill(const Guarded& target, const OpDefinition& op, const OpSample& sample, const Random& random) {
    const std::int64_t count = target.elements();
    if (target.view().dtype() == DType::Int32) {
        for (std::int64_t i = 0; i < count; ++i)
            target.set(i, static_cast<double>(
                              random.below(static_cast<std::uint64_t>(i), static_cast<std::uint64_t>(sample.classes))));
        return;
    }
    if (sample.fill == OpSample::Fill::Distinct) {
        std::vector<std::int64_t> order(static_cast<std::size_t>(count));
        std::iota(order.begin(), order.end(), 0);
        for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i, i)]);
        for (std::int64_t i = 0; i < count; ++i)
            target.set(i, count > 1 ? -1.0 + 2.0 * static_cast<double>(order[static_cast<std::size_t>(i)]) /
                                                 static_cast<double>(count - 1)
                                    : 0.5);
        return;
    }
    for (std::int64_t i = 0; i < count; ++i) {
        double value = random.normal(static_cast<std::uint64_t>(i));
        if (sample.fill == OpSample::Fill::Positive) value = 0.25 + std::abs(value);
        // Both precisions get the float's value, so that they can be compared.
        target.set(i, static_cast<double>(
                          static_cast<float>(sample.fill == OpSample::Fill::Away ? away(value, op.kinks) : value)));
    }
}

// Values like those of a network in training: weights off zero, variances positive.
void fillParameter(const Guarded& target, const ParameterSpec& spec, const Random& random) {
    for (std::int64_t i = 0; i < target.elements(); ++i) {
        const double value = random.normal(static_cast<std::uint64_t>(i));
        const double filled = spec.initializer == Initializer::Ones ? 1.0 + 0.3 * std::abs(value) : 0.5 * value;
        target.set(i, static_cast<double>(static_cast<float>(filled)));
    }
}
}  // namespace

Guarded::Guarded(const TensorType& type) {
    const std::size_t bytes = static_cast<std::size_t>(type.shape.elements()) * sizeOf(type.dtype);
    m_bytes = Tensor(DType::UInt8, {static_cast<std::int64_t>(bytes + kGuard)});
    auto* memory = static_cast<std::byte*>(m_bytes.view().data());
    std::fill(memory, memory + bytes, std::byte{0xFF});
    std::fill(memory + bytes, memory + bytes + kGuard, kGuardByte);
    m_view = TensorView(memory, type.dtype, type.shape);
}

Guarded::Guarded(const TensorView& source) : Guarded(TensorType{source.dtype(), source.shape()}) {
    if (source.bytes() > 0) std::memcpy(m_view.data(), source.data(), source.bytes());
}

bool Guarded::guardIsIntact() const {
    const auto all = m_bytes.view().rawBytes();
    return std::ranges::all_of(all.subspan(m_view.bytes()), [](std::byte byte) { return byte == kGuardByte; });
}

bool Guarded::sameBits(const Guarded& other) const {
    return std::ranges::equal(m_view.rawBytes(), other.m_view.rawBytes());
}

void Guarded::set(std::int64_t index, double value) const {
    const auto at = static_cast<std::size_t>(index);
    switch (m_view.dtype()) {
        case DType::Float32:
            m_view.as<float>()[at] = static_cast<float>(value);
            break;
        case DType::Float64:
            m_view.as<double>()[at] = value;
            break;
        case DType::Int32:
            m_view.as<std::int32_t>()[at] = static_cast<std::int32_t>(value);
            break;
        case DType::UInt8:
            m_view.as<std::uint8_t>()[at] = static_cast<std::uint8_t>(value);
            break;
    }
}

OpRun::OpRun(const OpDefinition& definition, const Attributes& given, const std::vector<TensorView>& values, DType real)
    : op(&definition), attributes(completed(definition.attributes, given, nullptr)) {
    std::vector<TensorType> types;
    for (const TensorView& value : values) {
        types.push_back({value.dtype(), value.shape()});
        inputs.emplace_back(value);
    }
    inference = definition.infer(attributes, types);
    if (!inference.problems.empty()) return;
    decidePrecision(inference, types, real);
    // The precision of the parameters is that of the first real input or output, as in a graph.
    DType precision = real;
    for (const TensorType& type : inference.outputs)
        if (isReal(type.dtype)) precision = type.dtype;
    for (const TensorType& type : types)
        if (isReal(type.dtype)) precision = type.dtype;
    for (std::size_t i = 0; i < inference.parameters.size(); ++i) {
        parameters.emplace_back(TensorType{precision, inference.parameters[i].shape});
        fillParameter(parameters.back(), inference.parameters[i], Random(7, RandomStream::Initialise, i));
    }
}

void OpRun::forward(const Arena& arena) {
    outputs.clear();
    saved.clear();
    written.assign(parameters.size(), Guarded());
    for (const TensorType& type : inference.outputs) outputs.emplace_back(type);
    for (const TensorType& type : inference.saved) saved.emplace_back(type);
    const Guarded scratch(TensorType{DType::UInt8, {static_cast<std::int64_t>(inference.forwardScratch)}});
    std::vector<TensorView> parameterViews = views(parameters);
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        if (inference.parameters[i].trainable) continue;
        written[i] = Guarded(parameters[i].view());
        parameterViews[i] = written[i].view();
    }
    std::vector<TensorView> inputViews = views(inputs);
    if (inPlaceForward) {
        // Input 0 lives where output 0 will be.
        outputs[0] = Guarded(inputs[0].view());
        inputViews[0] = outputs[0].view();
    }
    std::vector<TensorView> outputViews = views(outputs);
    if (inPlaceForward) outputViews[0] = outputs[0].view().reshaped(inference.outputs[0].shape);
    const auto savedViews = views(saved);
    op->forward({arena, attributes, Random(seed, nodeStream(1), 3), training, inputViews, parameterViews, outputViews,
                 savedViews, scratch.view()});
}

void OpRun::backward(const Arena& arena) {
    gradInputs.clear();
    gradParameters.clear();
    for (const Guarded& input : inputs) gradInputs.emplace_back(TensorType{input.view().dtype(), input.view().shape()});
    for (const Guarded& parameter : parameters)
        gradParameters.emplace_back(TensorType{parameter.view().dtype(), parameter.view().shape()});
    const Guarded scratch(TensorType{DType::UInt8, {static_cast<std::int64_t>(inference.backwardScratch)}});
    std::vector<TensorView> gradOutputViews = views(gradOutputs), gradInputViews = views(gradInputs),
                            gradParameterViews = views(gradParameters);
    for (std::size_t i = 0; i < inputs.size(); ++i)
        if (!isReal(inputs[i].view().dtype()) || (!wantedInputs.empty() && !wantedInputs[i]))
            gradInputViews[i] = gradInputs[i].withoutMemory();
    for (std::size_t i = 0; i < parameters.size(); ++i)
        if (!inference.parameters[i].trainable) gradParameterViews[i] = gradParameters[i].withoutMemory();
    if (inPlaceBackward) {
        gradInputs[0] = Guarded(gradOutputs[0].view());
        gradOutputViews[0] = gradInputs[0].view();
        gradInputViews[0] = gradInputs[0].view().reshaped(inputs[0].view().shape());
    }
    const auto inputViews = viewsIf(op->backwardReadsInputs, inputs);
    const auto outputViews = viewsIf(op->backwardReadsOutputs, outputs);
    const auto parameterViews = views(parameters);
    const auto savedViews = views(saved);
    op->backward({arena, attributes, Random(seed, nodeStream(1), 3), inputViews, parameterViews, outputViews,
                  savedViews, gradOutputViews, gradInputViews, gradParameterViews, scratch.view()});
}

void OpRun::drawGradients() {
    gradOutputs.clear();
    for (std::size_t i = 0; i < inference.outputs.size(); ++i) {
        gradOutputs.emplace_back(inference.outputs[i]);
        const Random random(11, RandomStream::Generate, i);
        const bool scalar = inference.outputs[i].shape.rank() == 0;
        for (std::int64_t k = 0; k < gradOutputs[i].elements(); ++k)
            gradOutputs[i].set(
                k,
                scalar ? 1.0 : static_cast<double>(static_cast<float>(random.normal(static_cast<std::uint64_t>(k)))));
    }
}

double OpRun::functional() const {
    double sum = 0;
    for (std::size_t i = 0; i < outputs.size(); ++i)
        for (std::int64_t k = 0; k < outputs[i].elements(); ++k) sum += gradOutputs[i].at(k) * outputs[i].at(k);
    return sum;
}

bool OpRun::guardsAreIntact() const {
    for (const auto* group : {&inputs, &parameters, &outputs, &saved, &gradOutputs, &gradInputs, &gradParameters})
        for (const Guarded& value : *group)
            if (value.view() && !value.guardIsIntact()) return false;
    return true;
}

OpRun sampleRun(const OpDefinition& op, const OpSample& sample, DType type, std::int64_t batch) {
    std::vector<Guarded> values;
    std::vector<TensorView> inputs;
    for (std::size_t i = 0; i < sample.inputs.size(); ++i) {
        TensorType wanted = sample.inputs[i];
        if (isReal(wanted.dtype)) wanted.dtype = type;
        if (batch >= 0) wanted.shape.set(0, batch);
        values.emplace_back(wanted);
        fill(values.back(), op, sample, Random(5, RandomStream::Generate, i));
    }
    for (const Guarded& value : values) inputs.push_back(value.view());
    OpRun run(op, sample.attributes, inputs, type);
    if (run.inference.problems.empty()) run.drawGradients();
    return run;
}

double centralDifference(OpRun& run, const Guarded& values, std::int64_t index, const Arena& arena) {
    const double middle = values.at(index);
    values.set(index, middle + kStep);
    run.forward(arena);
    const double above = run.functional();
    values.set(index, middle - kStep);
    run.forward(arena);
    const double below = run.functional();
    values.set(index, middle);
    return (above - below) / (2 * kStep);
}

}  // namespace gradlens::test
