// SPDX-License-Identifier: GPL-3.0-or-later
// How an op is written in another framework's Python: what OpDefinition::toPyTorch and toKeras take and give. Pure
// values; the export (core/io/source_export.h) puts them together into a module that runs.
#pragma once
#include "core/ops/catalogue/op.h"

#include <span>
#include <string>
#include <vector>

namespace gradlens {

// A node of a flat drawing, as the writer of source sees it.
struct SourceCall {
    const Attributes& attributes;            // completed
    std::span<const TensorType> inputs;
    const Inference& inference;
    std::string module;                      // where its module or layer is kept: "self.conv1"
    std::span<const std::string> arguments;  // expressions of its inputs: "x", "h2"
};

struct SourceCode {
    // What constructs the module or layer, "nn.Conv2d(1, 32, 3)"; empty: a function without parameters.
    std::string construct;
    // The expressions of its outputs, one each, mostly "self.conv1(x)". May use torch, nn, F (PyTorch) or keras, ops.
    std::vector<std::string> results;
    // Which tensor of the construct takes each parameter of the inference, in that order, and how it is turned there.
    struct Weight {
        std::string name;                 // below the module: "weight", "0.in_proj_weight"
        std::string convert = "{}";       // a NumPy expression of ours: "{}.T", "{}.transpose(2, 3, 1, 0)"
    };
    std::vector<Weight> weights;
    // Python definitions the module needs, each once in a file ("class Scale(nn.Module): ...").
    std::vector<std::string> helpers;
    // Where it cannot be said exactly: why. The export then refuses and names the node.
    std::string problem;
};

}  // namespace gradlens
