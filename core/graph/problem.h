// SPDX-License-Identifier: GPL-3.0-or-later
// What is wrong with a drawing, where, and what to do: for the canvas, the problems list and `check`. A value.
#pragma once
#include "core/graph/model_graph.h"

#include <string>
#include <vector>

namespace gradlens {

enum class Severity { Error, Warning };

// A change that would put a problem right: a value, carried out by fixed() (see fix.h) or, where it concerns the
// training settings, by who holds them.
struct Fix {
    enum class Kind {
        InsertBefore,   // an `op` with `attributes` on the edge into `port` of `node`; where there is none, to feed it
        InsertAfter,    // an `op` behind output `port` of `node`, before all that reads it
        SetAttributes,  // `attributes` of `node`, beside those it has
        Remove,         // `node`, what came into its first input going on to what read it
        Replace,        // `node` by an `op` with `attributes` under the same name, its edges kept
        AddLoss,        // an `op` behind output `port` of `node`, with a labels Input where it wants one
        SetTraining,    // `attributes` are fields of the training settings by name
        SetData,        // `attributes` are attributes of the data source
    };
    Kind kind = Kind::SetAttributes;
    std::string title;  // "Insert a Flatten before dense1"
    NodeId node = NodeId::None;
    int port = 0;
    std::string op = {};
    Attributes attributes = {};
    friend bool operator==(const Fix&, const Fix&) = default;
};

struct Problem {
    NodeId node = NodeId::None;  // None: the drawing as a whole
    int port = -1;               // an input of the node, or -1
    std::string message;         // whole sentence; names the layer and, for shapes, both shapes
    std::string expected, got;   // shapes or types, where there are two sides
    std::string hint;            // what to do
    Severity severity = Severity::Error;
    std::string rule = {};         // of advice: its name, "softmax-twice"; empty for what analyse() finds
    std::string source = {};       // of advice: where it is written why, "[Ioffe and Szegedy 2015]"
    std::vector<Fix> fixes = {};   // the best first
    friend bool operator==(const Problem&, const Problem&) = default;
};

}  // namespace gradlens
