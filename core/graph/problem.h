// SPDX-License-Identifier: GPL-3.0-or-later
// What is wrong with a drawing, where, and what to do: for the canvas, the problems list and `check`. A value.
#pragma once
#include "core/graph/model_graph.h"

#include <string>

namespace gradlens {

enum class Severity { Error, Warning };

struct Problem {
    NodeId node = NodeId::None;  // None: the drawing as a whole
    int port = -1;               // an input of the node, or -1
    std::string message;         // whole sentence; names the layer and, for shapes, both shapes
    std::string expected, got;   // shapes or types, where there are two sides
    std::string hint;            // what to do
    Severity severity = Severity::Error;
    friend bool operator==(const Problem&, const Problem&) = default;
};

}  // namespace gradlens
