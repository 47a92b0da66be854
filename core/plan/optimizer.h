// SPDX-License-Identifier: GPL-3.0-or-later
// The optimizers: what each is called, its attributes, the slots it keeps per parameter, and the update itself.
// Described with the same attribute specs as ops.
#pragma once
#include "core/ops/catalogue/attributes.h"
#include "core/parallel/arena.h"
#include "core/tensor/tensor.h"

#include <array>
#include <limits>
#include <optional>
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

// Parameters that are trained in another way than the rest.
struct ParameterGroup {
    std::string pattern;      // over parameter names: * stands for any text, ? for any character ("conv1.*", "*.bias")
    double learningRate = 1;  // times the run's
    std::optional<double> weightDecay;  // instead of the optimizer's
    bool frozen = false;                // stays as it is: no gradient is computed, nothing is kept for it
    friend bool operator==(const ParameterGroup&, const ParameterGroup&) = default;
};

// What is around the optimizer in an update.
struct UpdateOptions {
    std::vector<ParameterGroup> groups;  // the first whose pattern matches holds for a parameter
    double clipValue = 0;                // > 0: gradients are cut to [-clipValue, clipValue], after clipping by norm
    double clipNorm = 0;                 // > 0: all gradients together are scaled down to at most this length
    std::int64_t accumulate = 1;         // batches whose gradients make one update
    double averageDecay = 0;  // > 0: of the exponential moving average of the weights (EMA), which evaluation uses
    bool keepsBest = false;   // the State keeps the weights of the best evaluation beside the current ones
    friend bool operator==(const UpdateOptions&, const UpdateOptions&) = default;
};

// The first group whose pattern matches the whole name, or null.
const ParameterGroup* groupOf(std::span<const ParameterGroup> groups, std::string_view parameterName);
bool matchesPattern(std::string_view pattern, std::string_view text);

// One update of one parameter, or of a slice of one: updates work element by element, so that a parameter may be cut
// anywhere. Kernels are serial; whoever calls them spreads slices over threads.
struct UpdateContext {
    const Attributes& attributes;  // completed
    double learningRate = 0;       // of this parameter at this step: schedule and group included
    std::int64_t step = 0;         // 0 for the first update
    // False for biases and normalisation. PyTorch decays these too, and so do we unless the attribute decay_all is off.
    bool decays = true;
    std::optional<double> weightDecay =
        {};  // of the parameter's group: instead of the attribute, whatever the parameter is
    // What the gradient is multiplied by first (clipping by norm), and the size it is then cut to (clipping by value).
    double gradientScale = 1;
    double gradientLimit = std::numeric_limits<double>::infinity();
    std::array<double, 2> measured{};  // what measure() found on the whole parameter
    TensorView parameter = {}, gradient = {};
    std::span<const TensorView> slotTensors = {};
};

struct OptimizerDefinition {
    std::string name;
    std::string summary;
    std::string maths;                      // with its source
    std::vector<AttributeSpec> attributes;  // always has "learning_rate" and "weight_decay"
    std::vector<std::string> (*slotNames)(const Attributes& attributes) =
        nullptr;  // names; each of the parameter's shape, from zero
    // What an optimizer must know of a whole parameter before any of it is updated (norms), or null. Changes nothing;
    // sums in a fixed order.
    std::array<double, 2> (*measure)(const Arena& arena, const UpdateContext& whole) = nullptr;
    void (*update)(const UpdateContext& context) = nullptr;
    std::string pytorch, keras;
};

std::span<const OptimizerDefinition> optimizers();
const OptimizerDefinition* findOptimizer(std::string_view name);

}  // namespace gradlens
