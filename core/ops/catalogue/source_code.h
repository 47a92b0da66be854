// SPDX-License-Identifier: GPL-3.0-or-later
// How an op is written in another framework's Python: what OpDefinition::toPyTorch and toKeras take and give. Pure
// values; the export (core/export/source_export.h) puts them together into a module that runs. Expressions may use
// torch, nn, F and math (PyTorch), or keras, layers, ops and np (Keras).
#pragma once
#include "core/ops/catalogue/op.h"

#include <span>
#include <string>
#include <vector>

namespace gradlens {

// A node of a flat drawing, as the writer of source sees it.
struct SourceCall {
    const Attributes& attributes;  // completed
    std::span<const TensorType> inputs;
    const Inference& inference;
    std::string module;                      // where its module or layer is kept: "self.conv1"
    std::span<const std::string> arguments;  // names of its inputs' values: "x", "h2"; may be used more than once

    const Shape& shape(std::size_t input = 0) const { return inputs[input].shape; }
    const std::string& argument(std::size_t input = 0) const { return arguments[input]; }
};

struct SourceCode {
    // What constructs the module or layer, "nn.Conv2d(1, 32, 3)"; empty: a function without parameters.
    std::string construct;
    // The expressions of its outputs, one each, mostly "self.conv1(x)".
    std::vector<std::string> results;
    // A tensor of the construct, and which parameters of the inference it is made from.
    struct Weight {
        std::string name;                     // below the module: "weight", "layers.0.cell.kernel"
        std::vector<std::size_t> parameters;  // indices into Inference::parameters
        // A NumPy expression of them: "{0}.T", "{0} + {1}". "{0}": taken as it is.
        std::string convert = "{0}";
    };
    std::vector<Weight> weights;
    // Python definitions that the above need ("class Scale(nn.Module): ..."), each once in a file, in this order.
    std::vector<std::string> helpers;
    // Where it cannot be said exactly: why. The export then refuses and names the node.
    std::string problem;
};

}  // namespace gradlens
