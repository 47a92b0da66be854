// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/source_files.h"
#include "core/export/training_source.h"
#include "core/ops/catalogue/python_text.h"

namespace gradlens {

namespace {
constexpr const char* kImports = R"(import json
import math
import struct
import sys

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

)";

constexpr const char* kLoader = R"(def load_checkpoint(network, path):
    """Takes over the weights of a Gradlens checkpoint."""
    get = read_checkpoint(path)
    state = network.state_dict()
    with torch.no_grad():
        for name, tensor in WEIGHTS.items():
            state[name].copy_(torch.from_numpy(np.array(tensor(get))))
)";

constexpr const char* kMain = R"(def main():
    network = Network()
    checkpoint = sys.argv[1] if len(sys.argv) > 1 else CHECKPOINT
    if checkpoint:
        load_checkpoint(network, checkpoint)
    print(network)
    print(f"{sum(p.numel() for p in network.parameters()):,} parameters")


if __name__ == "__main__":
    main()
)";

std::string classText(const SourceProgram& program) {
    std::string text = "class Network(nn.Module):\n    def __init__(self):\n        super().__init__()\n";
    text += linesText(program.modules);
    for (const auto& [name, other] : program.ties) text += "        self." + name + " = self." + other + "\n";
    const std::string inputs = inputNames(program.features);
    text += "\n    def forward(self" + (inputs.empty() ? "" : ", " + inputs) + "):\n" + linesText(program.network) +
            "        return " + outputsText(program) + "\n";
    if (program.objective.empty()) return text;
    return text + "\n    def objective(self, " + joined(program.objectiveArguments, ", ") +
           "):\n        \"\"\"What training minimises.\"\"\"\n" + linesText(program.objective) + "        return " +
           program.total + "\n";
}

std::string stepText(const SourceProgram& program, const UpdateOptions& updates) {
    std::vector<std::string> arguments{"network", "optimizer"};
    for (const auto* inputs : {&program.features, &program.labels})
        for (const ProgramInput& input : *inputs) arguments.push_back(input.name);
    std::string text =
        "def train_step(" + joined(arguments, ", ") + "):\n    \"\"\"One update; gives the loss.\"\"\"\n";
    if (updates.accumulate > 1)
        text += "    # Not said here: Gradlens makes one update of the gradients of " + python(updates.accumulate) +
                " batches.\n";
    if (updates.averageDecay > 0)
        text += "    # Not said here: Gradlens evaluates with a moving average of the weights, decay " +
                python(updates.averageDecay) + ".\n";
    text += "    network.train()\n    optimizer.zero_grad()\n";
    if (!program.outputs.empty())
        text += "    " + outputsText(program) + " = network(" + inputNames(program.features) + ")\n";
    text += "    total = network.objective(" + joined(program.objectiveArguments, ", ") + ")\n    total.backward()\n";
    if (updates.clipNorm > 0)
        text += "    nn.utils.clip_grad_norm_(network.parameters(), " + python(updates.clipNorm) + ")\n";
    if (updates.clipValue > 0)
        text += "    nn.utils.clip_grad_value_(network.parameters(), " + python(updates.clipValue) + ")\n";
    return text + "    optimizer.step()\n    return total.item()\n";
}
}  // namespace

std::string torchFile(const SourceProgram& program, const Project& project, const SourceOptions& options) {
    std::vector<std::string> definitions = program.helpers;
    definitions.push_back(classText(program));
    if (!program.objective.empty()) {
        definitions.push_back(torchOptimizerSource(project.training, program));
        definitions.push_back(torchScheduleSource(project.training));
        definitions.push_back(stepText(program, project.training.updates));
    }
    definitions.insert(definitions.end(), {weightsText(program), checkpointReader(), kLoader, kMain});
    return fileHead(project, SourceFramework::PyTorch, kImports) + constantsText(project, options) +
           definitionsText(definitions);
}

}  // namespace gradlens
