// SPDX-License-Identifier: GPL-3.0-or-later
// A drawing as a program: what its layers are kept as, which lines compute its values in what order, and where its
// weights come from. Between the ops' Python and the writers of whole files.
#pragma once
#include "core/export/source_export.h"
#include "core/graph/analysis.h"
#include "core/graph/flatten.h"

namespace gradlens {

struct ProgramInput {
    std::string name;
    TensorType type;
};

struct ProgramLine {
    std::string group;       // the block it stands in, "residual1/2"; empty: none
    std::string names;       // "conv1", "split1_0, split1_1", "self.conv1"
    std::string expression;  // "self.conv1(image)"
    std::string note = {};   // the shape of a sample: "32x26x26"
};

// One tensor of the program: how it is called below the network, and the expression of get("name of ours") it is made
// from.
struct ProgramWeight {
    std::string name;
    std::string source;
};

struct ProgramParameter {
    std::string drawn;  // our name: "conv1.weight"
    std::string name;   // the program's, as in ProgramWeight
    const ParameterSpec* spec = nullptr;
};

struct SourceProgram {
    FlatDrawing flat;
    GraphAnalysis analysis;  // of flat.graph
    std::vector<std::string> helpers;
    std::vector<ProgramInput> features, labels;
    std::vector<ProgramLine> modules;  // "self.conv1" = what constructs it
    std::vector<std::pair<std::string, std::string>>
        ties;  // a weight that is another one: "head.weight", "token.weight"
    std::vector<ProgramLine> network;
    std::vector<std::string> outputs;             // of the network; the first are what the objective takes
    std::vector<std::string> objectiveArguments;  // values of the network, then inputs
    std::vector<ProgramLine> objective;           // empty: no loss is drawn
    std::string total;                            // the expression of what is minimised
    std::vector<ProgramWeight> weights;
    std::vector<ProgramParameter> trainable;
};

// Throws Error as exportSource().
SourceProgram sourceProgram(const Project& project, SourceFramework framework, const OpCatalogue& catalogue);

}  // namespace gradlens
