// SPDX-License-Identifier: GPL-3.0-or-later
// Recurrent layers as Python. PyTorch stacks layers and directions itself, with our names of the weights; in Keras each
// layer is one of its own.
#include "core/ops/catalogue/python_text.h"
#include "core/ops/catalogue/recurrent.h"

#include <string_view>

namespace gradlens {

namespace {
// Keras' GRU has its gates in another order.
constexpr const char* kKerasGates = R"(def gates(weight):
    """A GRU's reset, update and new parts in the order of Keras: update, reset, new."""
    reset, update, new = np.split(weight, 3)
    return np.concatenate([update, reset, new]))";

// The two weights and the biases of one direction of one layer, which begin at parameter `first`.
void addKerasWeights(std::vector<SourceCode::Weight>& weights, const std::string& cell, std::size_t first, bool bias,
                     bool gru) {
    const std::string matrix = gru ? "gates({0}).T" : "{0}.T";
    weights.push_back({cell + ".kernel", {first}, matrix});
    weights.push_back({cell + ".recurrent_kernel", {first + 1}, matrix});
    if (bias)
        weights.push_back(
            {cell + ".bias", {first + 2, first + 3}, gru ? "np.stack([gates({0}), gates({1})])" : "{0} + {1}"});
}
}  // namespace

SourceCode recurrentToPyTorch(const SourceCall& call, const char* layer) {
    const Attributes& a = call.attributes;
    const bool both = a.flag("bidirectional");
    PythonCall construct(std::string("nn.") + layer);
    construct.with(python(call.shape()[2]))
        .with(python(a.integer("hidden")))
        .option("num_layers", a.integer("layers"), 1);
    if (a.find("nonlinearity") != nullptr) construct.option("nonlinearity", a.choice("nonlinearity"), "tanh");
    construct.option("bias", a.flag("bias"), true)
        .with("batch_first", python(true))
        .option("bidirectional", both, false);
    SourceCode code = pythonModule(call, construct, sameWeights(call.inference));
    // A call gives the sequence and the last states; an LSTM's are two, of which the first is its output.
    std::string& result = code.results[0];
    if (a.choice("output") == "sequence")
        result += "[0]";
    else
        result += std::string(std::string_view(layer) == "LSTM" ? "[1][0]" : "[1]") +
                  (both ? "[-2:].transpose(0, 1).flatten(1)" : "[-1]");
    return code;
}

SourceCode recurrentToKeras(const SourceCall& call, const char* layer) {
    const Attributes& a = call.attributes;
    const bool both = a.flag("bidirectional"), bias = a.flag("bias"), gru = std::string_view(layer) == "GRU";
    const std::int64_t layers = a.integer("layers");
    std::vector<std::string> constructs;
    SourceCode code = pythonModule(call, {});
    std::size_t parameter = 0;
    for (std::int64_t i = 0; i < layers; ++i) {
        PythonCall construct(std::string("layers.") + layer);
        construct.with(python(a.integer("hidden")));
        if (a.find("nonlinearity") != nullptr) construct.option("activation", a.choice("nonlinearity"), "tanh");
        construct.option("use_bias", bias, true)
            .option("return_sequences", i + 1 < layers || a.choice("output") == "sequence", false);
        constructs.push_back(both ? "layers.Bidirectional(" + construct.text() + ")" : construct.text());
        const std::string within = layers > 1 ? "layers." + python(i) + "." : "";
        for (const char* direction : {both ? "forward_layer." : "", both ? "backward_layer." : nullptr}) {
            if (direction == nullptr) continue;
            addKerasWeights(code.weights, within + direction + "cell", parameter, bias, gru);
            parameter += bias ? 4 : 2;
        }
    }
    code.construct = layers > 1 ? "keras.Sequential([" + joined(constructs, ", ") + "])" : constructs[0];
    if (gru) code.helpers = {kKerasGates};
    return code;
}

}  // namespace gradlens
