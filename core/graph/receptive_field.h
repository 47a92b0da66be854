// SPDX-License-Identifier: GPL-3.0-or-later
// How much of the input an element of each layer's output depends on, from the windows of the ops between: along an
// axis r' = r + (k - 1) j and j' = j s, for a window of extent k and stride s; where paths meet, the widest.
// [Araujo, Norris and Sim 2019, "Computing Receptive Fields of Convolutional Neural Networks", Distill] Pure functions;
// any thread.
#pragma once
#include "core/graph/analysis.h"

#include <string>
#include <vector>

namespace gradlens {

struct ReceptiveField {
    struct Axis {
        double extent = 1;      // elements of the input, from the first to the last; may reach beyond its border
        double jump = 1;        // how far apart, in the input, the fields of neighbours lie
        std::int64_t size = 0;  // of the input
        friend bool operator==(const Axis&, const Axis&) = default;
    };
    std::vector<Axis> axes;   // height and width, or the steps of a sequence; empty: no map comes in
    bool everything = false;  // each element depends on the whole input
    friend bool operator==(const ReceptiveField&, const ReceptiveField&) = default;
    // "7x7", "29" of a sequence, "all"; empty where there is none.
    std::string toString() const;
};

// Of output 0 of each node, in the order of analysis.nodes; of a block, that of what is inside. Nodes that no map of
// features reaches, and those that are not known, have no axes.
std::vector<ReceptiveField> receptiveFields(const ModelGraph& drawing, const OpCatalogue& catalogue,
                                            const GraphAnalysis& analysis);

}  // namespace gradlens
