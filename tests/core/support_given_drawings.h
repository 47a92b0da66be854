// SPDX-License-Identifier: GPL-3.0-or-later
// Ten drawings to judge layouts by: networks as people publish them, and graphs as nobody draws them. Always the same.
#pragma once
#include "core/graph/model_graph.h"

#include <string>
#include <vector>

namespace gradlens::test {

struct GivenDrawing {
    std::string name;
    ModelGraph graph;
};

// ResNet-50, U-Net, a DenseNet block, a transformer of two stages, three Inception modules, a siamese network, a sparse
// and a dense random graph, a deep chain and a wide fan. Nodes have no positions.
std::vector<GivenDrawing> givenDrawings();

// A network of about that many layers as it might be found: stages of residual blocks, branches that join, blocks.
ModelGraph largeDrawing(int layers);

}  // namespace gradlens::test
