// SPDX-License-Identifier: GPL-3.0-or-later
// The optimizers: what each is called, its attributes, the slots it keeps per parameter, and the update itself. Described
// with the same attribute specs as ops.
#pragma once
#include "core/ops/catalogue/attributes.h"
#include "core/parallel/arena.h"
#include "core/tensor/tensor.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gradlens {

// What a project says of its optimizer.
struct OptimizerSpec {
    std::string name = "Adam";
    Attributes attributes;  // only what differs from the defaults
    friend bool operator==(const OptimizerSpec&, const OptimizerSpec&) = default;
};

struct UpdateContext {
    const Arena& arena;
    const Attributes& attributes;  // completed
    double learningRate = 0;
    std::int64_t step = 0;         // 0 for the first update
    // False for biases and normalisation. PyTorch decays these too, and so do we unless the attribute decay_all is off.
    bool decays = true;
    TensorView parameter, gradient;
    std::span<const TensorView> slotTensors;
};

struct OptimizerDefinition {
    std::string name;
    std::string summary;
    std::string maths;  // with its source
    std::vector<AttributeSpec> attributes;  // always has "learning_rate"
    std::vector<std::string> (*slotNames)(const Attributes& attributes) = nullptr;  // names; each of the parameter's shape, from zero
    void (*update)(const UpdateContext& context) = nullptr;
    std::string pytorch, keras;
};

std::span<const OptimizerDefinition> optimizers();
const OptimizerDefinition* findOptimizer(std::string_view name);

}  // namespace gradlens

