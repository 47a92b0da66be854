// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/source_files.h"

#include "core/export/python_names.h"
#include "core/ops/catalogue/python_text.h"

namespace gradlens {

std::string fileHead(const Project& project, SourceFramework framework, std::string_view imports) {
    const std::string name = project.name.empty() ? "A network" : "\"" + pythonComment(project.name) + "\": a network";
    std::string text = "# " + name + " drawn in Gradlens, as " + std::string(frameworkName(framework)) +
                       " source.\n"
                       "#     python FILE.py [CHECKPOINT]\n"
                       "# builds it, counts its parameters and takes over the weights of a Gradlens checkpoint "
                       "(step-N.safetensors).\n";
    if (framework == SourceFramework::Keras)
        text +=
            "# For Keras 3. Images are channels x height x width, as in Gradlens: TensorFlow convolves these on a GPU "
            "only;\n# without one, set the environment variable KERAS_BACKEND to jax or torch.\n";
    else
        text += "# For PyTorch 1.13 and later.\n";
    return text.append(imports);
}

std::string constantsText(const Project& project, const SourceOptions& options) {
    const OptimizerDefinition* optimizer = findOptimizer(project.training.optimizer.name);
    std::string text =
        "BATCH_SIZE = " + python(project.training.batchSize) + "\nEPOCHS = " + python(project.training.epochs) + "\n";
    if (optimizer != nullptr) {
        const Attributes settings = completed(optimizer->attributes, project.training.optimizer.attributes, nullptr);
        text += "LEARNING_RATE = " + python(settings.real("learning_rate")) + "\n";
    }
    return text + "CHECKPOINT = " + (options.checkpoint.empty() ? "None" : python(options.checkpoint)) + "\n";
}

std::string linesText(std::span<const ProgramLine> lines) {
    constexpr const char* kIndent = "        ";
    std::string text, group;
    for (const ProgramLine& line : lines) {
        if (line.group != group && !line.group.empty()) text += kIndent + ("# " + line.group + "\n");
        group = line.group;
        text += kIndent + line.names + " = " + line.expression;
        if (!line.note.empty()) text += "  # " + line.note;
        text += "\n";
    }
    return text;
}

std::string weightsText(const SourceProgram& program) {
    std::string text = "# How each tensor is made from those of a Gradlens checkpoint.\nWEIGHTS = {\n";
    for (const ProgramWeight& weight : program.weights)
        text += "    " + python(weight.name) + ": lambda get: " + weight.source + ",\n";
    return text + "}\n";
}

std::string checkpointReader() {
    return R"(def read_checkpoint(path):
    """A function from the names of tensors in a safetensors file to their values; moving averages come first."""
    with open(path, "rb") as file:
        (size,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(size))
        data = file.read()

    def get(name):
        entry = header.get(name + ".ema") or header[name]
        begin, end = entry["data_offsets"]
        dtype = {"F32": "<f4", "F64": "<f8"}[entry["dtype"]]
        return np.frombuffer(data[begin:end], dtype).reshape(entry["shape"])

    return get
)";
}

std::string definitionsText(std::span<const std::string> definitions) {
    std::string text;
    for (const std::string& definition : definitions) {
        if (definition.empty()) continue;
        text += "\n\n" + definition;
        if (!text.ends_with('\n')) text += '\n';
    }
    return text;
}

std::string inputNames(std::span<const ProgramInput> inputs) {
    std::vector<std::string> names;
    for (const ProgramInput& input : inputs) names.push_back(input.name);
    return joined(names, ", ");
}

std::string outputsText(const SourceProgram& program) {
    return program.outputs.empty() ? "None" : joined(program.outputs, ", ");
}

}  // namespace gradlens
