// SPDX-License-Identifier: GPL-3.0-or-later
// Draws a directed graph in layers, edges pointing one way: pure geometry, no recursion, the same input gives the same
// drawing. After Sugiyama, Tagawa and Toda 1981 ("Methods for visual understanding of hierarchical system structures"):
// cycles are broken, nodes get layers, long edges get a way through the layers between, crossings are reduced,
// coordinates are assigned so that chains are straight. Near linear in nodes and edges. Any thread.
#pragma once
#include <optional>
#include <stop_token>
#include <vector>

namespace gradlens {

struct LayoutPoint {
    double x = 0, y = 0;
    friend bool operator==(const LayoutPoint&, const LayoutPoint&) = default;
};

enum class LayoutDirection { Down, Right };

// Ports lie on the sides that face the flow; offsets run along those sides from the node's top-left corner: to the
// right when drawing down, downwards when drawing to the right.
struct LayoutNode {
    double width = 0, height = 0;
    std::vector<double> inputs = {}, outputs = {};
};

// Indices of nodes and of their ports. Cycles, loops and repeated edges are allowed.
struct LayoutEdge {
    int fromNode = 0, fromPort = 0;
    int toNode = 0, toPort = 0;
};

struct LayoutInput {
    std::vector<LayoutNode> nodes;
    std::vector<LayoutEdge> edges;
};

struct LayoutOptions {
    LayoutDirection direction = LayoutDirection::Down;
    double layerGap = 48;      // between the layers
    double nodeGap = 32;       // between neighbours in a layer
    double edgeGap = 16;       // beside an edge that passes through a layer
    double componentGap = 80;  // between parts that are not connected
    // Where edges shift sideways between two layers they do so on tracks, and the gap is at least so wide: tracks are
    // that far apart and behind the layer they leave, and this much is left to arrive straight.
    double trackGap = 10, trackBehind = 12, trackAhead = 20;
};

struct LayoutResult {
    std::vector<LayoutPoint> positions;            // of the nodes' top-left corners; the drawing begins at (0, 0)
    std::vector<std::vector<LayoutPoint>> routes;  // of the edges: points on the way between the two ports, often none
    // The same ways with right angles: the corners between the two ports, none where the edge is straight. Empty too
    // for an edge that points against the flow.
    std::vector<std::vector<LayoutPoint>> corners;
    double width = 0, height = 0;
};

// Nothing when it was asked to stop. All indices must be valid (asserted).
std::optional<LayoutResult> layeredLayout(const LayoutInput& input, const LayoutOptions& options = {},
                                          const std::stop_token& stop = {});

}  // namespace gradlens
