// SPDX-License-Identifier: GPL-3.0-or-later
// What each layer of a drawing costs, and all together, before anything runs. Pure functions; any thread.
#pragma once
#include "core/graph/receptive_field.h"

#include <string>
#include <vector>

namespace gradlens {

struct LayerCost {
    NodeId node = NodeId::None;
    std::string name, op;
    bool known = false;  // false: the rest is not
    Shape output;        // of output 0, the batch axis included
    std::int64_t parameters = 0;
    double multiplyAdds = 0;     // of the forward pass for one sample: half its operations
    double activationBytes = 0;  // of its outputs, for the batch
    std::string receptiveField;  // "7x7", "all"; empty where there is none
    // Of a training step, forward and backward, as a roofline estimates it [Williams, Waterman and Patterson 2009]:
    // what takes longer, computing or moving bytes, on a processor that computes ten operations while a byte moves.
    double timeShare = 0;
};

struct CostTable {
    std::int64_t batchSize = 1;
    std::vector<LayerCost> layers;  // in topological order
    std::int64_t parameters = 0;
    double multiplyAdds = 0, activationBytes = 0;
};

CostTable costTable(const ModelGraph& drawing, const OpCatalogue& catalogue, const GraphAnalysis& analysis);

// One line a layer and one with the totals; RFC 4180.
std::string csvOf(const CostTable& table);

}  // namespace gradlens
