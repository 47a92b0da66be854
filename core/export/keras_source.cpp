// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/source_files.h"
#include "core/export/training_source.h"
#include "core/ops/catalogue/python_text.h"

#include <algorithm>

namespace gradlens {

namespace {
constexpr const char* kImports = R"(import json
import math
import struct
import sys

import keras
import numpy as np
from keras import layers, ops

)";

constexpr const char* kLoader = R"(def load_checkpoint(network, path):
    """Takes over the weights of a Gradlens checkpoint."""
    get = read_checkpoint(path)
    for name, tensor in WEIGHTS.items():
        part = network
        for key in name.split("."):
            part = part[int(key)] if key.isdigit() else getattr(part, key)
        part.assign(tensor(get))
)";

constexpr const char* kMain = R"(def main():
    network = build_network()
    checkpoint = sys.argv[1] if len(sys.argv) > 1 else CHECKPOINT
    if checkpoint:
        load_checkpoint(network, checkpoint)
    network.summary()
    print(f"{sum(math.prod(weight.shape) for weight in network.trainable_weights):,} parameters")


if __name__ == "__main__":
    main()
)";

// Keras hands several inputs over as one argument.
std::string unpacked(const std::string& names, std::size_t count, const std::string& from) {
    return count == 0 || names == from ? "" : "        " + names + " = " + from + "\n";
}

bool reads(const SourceProgram& program, const ProgramInput& input) {
    return std::ranges::find(program.objectiveArguments, input.name) != program.objectiveArguments.end();
}

std::string classText(const SourceProgram& program) {
    std::string text = "class Network(keras.Model):\n    def __init__(self):\n        super().__init__()\n";
    text += linesText(program.modules);
    const std::string inputs = inputNames(program.features);
    const std::string argument = program.features.size() == 1 ? inputs : "x";
    text += "\n    def call(self, " + argument + "):\n" + unpacked(inputs, program.features.size(), argument) +
            linesText(program.network) + "        return " + outputsText(program) + "\n";
    if (program.objective.empty()) return text;
    text += "\n    def objective(self, " + joined(program.objectiveArguments, ", ") +
            "):\n        \"\"\"What training minimises.\"\"\"\n" + linesText(program.objective) + "        return " +
            program.total +
            "\n\n    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):\n";
    if (std::ranges::any_of(program.features, [&](const ProgramInput& input) { return reads(program, input); }))
        text += unpacked(inputs, program.features.size(), "x");
    text += unpacked(inputNames(program.labels), program.labels.size(), "y");
    text += unpacked(outputsText(program), program.outputs.size(), "y_pred");
    return text + "        return self.objective(" + joined(program.objectiveArguments, ", ") + ")\n";
}

std::string zerosText(const ProgramInput& input) {
    const std::string dtype = isReal(input.type.dtype) ? "" : ", dtype=\"int32\"";
    return "ops.zeros(" + python(input.type.shape.slice(1).withFront(1)) + dtype + ")";
}

std::string zerosText(std::span<const ProgramInput> inputs) {
    if (inputs.size() == 1) return zerosText(inputs[0]);
    std::vector<std::string> each;
    for (const ProgramInput& input : inputs) each.push_back(zerosText(input));
    return "[" + joined(each, ", ") + "]";
}

std::string buildText(const SourceProgram& program) {
    std::string text =
        "def build_network():\n    \"\"\"The network with its weights, which Keras makes at the first call.\"\"\"\n"
        "    network = Network()\n    x = " +
        zerosText(program.features) + "\n    y_pred = network(x)\n";
    const bool learns = std::ranges::any_of(
        program.objective, [](const ProgramLine& line) { return line.expression.find("self.") != std::string::npos; });
    if (learns)
        text += "    network.compute_loss(x, " + zerosText(program.labels) + ", y_pred)\n";
    else
        text.replace(text.rfind("y_pred = "), 9, "");
    return text + "    return network\n";
}

std::string compileText(const TrainingSpec& training) {
    const bool follows = !kerasCallbacksSource(training).empty();
    return std::string(
               "# network.compile(optimizer=make_optimizer())\n# network.fit(features, labels, BATCH_SIZE, "
               "EPOCHS, shuffle=True") +
           (follows ? ", callbacks=make_callbacks(len(features) // BATCH_SIZE))\n" : ")\n");
}
}  // namespace

std::string kerasFile(const SourceProgram& program, const Project& project, const SourceOptions& options) {
    std::vector<std::string> definitions = program.helpers;
    definitions.push_back(classText(program));
    if (!program.objective.empty()) {
        definitions.push_back(kerasOptimizerSource(project.training, program));
        definitions.push_back(kerasCallbacksSource(project.training));
    }
    definitions.insert(definitions.end(),
                       {weightsText(program), checkpointReader(), kLoader, buildText(program), kMain});
    std::string imports = kImports;
    if (!program.objective.empty()) imports = "# To train it:\n" + compileText(project.training) + imports;
    return fileHead(project, SourceFramework::Keras, imports) + constantsText(project, options) +
           definitionsText(definitions);
}

}  // namespace gradlens
