// SPDX-License-Identifier: GPL-3.0-or-later
// Runs one op outside any graph, as an engine would: memory is poisoned with NaN and guarded behind its end, and what
// the op did not ask to be kept is taken away before backward. One thread.
#pragma once
#include "core/ops/catalogue/catalogue.h"

#include <string>
#include <vector>

namespace gradlens::test {

// A tensor's memory, full of NaN (all bits set), with a guard behind it.
class Guarded {
public:
    Guarded() = default;
    explicit Guarded(const TensorType& type);
    // Holds the same values as `source`.
    explicit Guarded(const TensorView& source);

    const TensorView& view() const { return m_view; }
    TensorView withoutMemory() const { return {nullptr, m_view.dtype(), m_view.shape()}; }
    bool guardIsIntact() const;
    double at(std::int64_t index) const { return m_view.at(index); }
    std::int64_t elements() const { return m_view.elements(); }
    bool sameBits(const Guarded& other) const;
    void set(std::int64_t index, double value) const;

private:
    Tensor m_bytes;
    TensorView m_view;
};

struct OpRun {
    const OpDefinition* op = nullptr;
    Attributes attributes;
    Inference inference;
    bool training = true;
    bool inPlaceForward = false, inPlaceBackward = false;
    std::uint64_t seed = 1;
    std::vector<char> wantedInputs;  // by input; empty: all real ones are

    std::vector<Guarded> inputs, parameters;
    std::vector<Guarded> outputs, saved, gradOutputs, gradInputs, gradParameters;

    // Completes the attributes and infers. The inputs are copied; `real` is the precision where none of them is real.
    OpRun(const OpDefinition& definition, const Attributes& given, const std::vector<TensorView>& values,
          DType real = DType::Float32);

    // Writes outputs and saved. Running statistics start afresh from `parameters`, which stay as they are.
    void forward(const Arena& arena);
    // Writes gradInputs and gradParameters from gradOutputs, after forward().
    void backward(const Arena& arena);
    // gradOutputs from the standard normal distribution; a scalar output gets 1.
    void drawGradients();
    // Sum over the outputs of gradOutputs * outputs, after forward(): what gradients are the gradient of.
    double functional() const;
    bool guardsAreIntact() const;
    // The running statistics as forward() left them, by parameter; others are empty.
    std::vector<Guarded> written;
};

// A sample with another batch size (or its own, for -1), filled as it asks, in `type`.
OpRun sampleRun(const OpDefinition& op, const OpSample& sample, DType type, std::int64_t batch = -1);

// The central difference of functional() by element `index` of `values` (an input or a parameter of `run`).
double centralDifference(OpRun& run, const Guarded& values, std::int64_t index, const Arena& arena);

}  // namespace gradlens::test
