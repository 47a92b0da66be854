// SPDX-License-Identifier: GPL-3.0-or-later
// What every node of a drawing makes of one sample with given weights, and the gradient of the loss by it. Outputs are
// those of evaluation; gradients those of training with nothing left to chance: dropout lets everything through, and
// where layers normalise over a batch, the samples that follow lend their statistics. What of the drawing is sound is
// computed, whatever is wrong with the rest; faults are told, never thrown.
// Made, called and destroyed on one thread, which its kernels stay on. Keeps plans and initial weights between calls.
#pragma once
#include "core/io/project.h"
#include "core/tensor/statistics.h"
#include "core/train/state.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace gradlens {

struct PreviewRequest {
    // The same object as last time: the same drawing, which is not planned again.
    std::shared_ptr<const Project> project;
    std::shared_ptr<const Dataset> dataset;
    bool validation = false;  // which part the sample is of
    std::int64_t sample = 0;  // kept within that part
    // Of a run: taken by name where type and shape fit. Null, and whatever it lacks: as a new run would begin.
    std::shared_ptr<const State> weights;
    bool gradients = true;
};

// A tensor of the one sample, without a batch axis.
struct PreviewTensor {
    Tensor tensor;  // null: there is none
    Statistics statistics;
};

struct NodePreview {
    NodeId node = NodeId::None;
    PreviewTensor output, gradient;  // of its first output; a block's is what leaves it
};

// Immutable once delivered.
struct Preview {
    std::shared_ptr<const Dataset> dataset;
    bool validation = false;
    std::int64_t sample = 0;
    bool gradients = false;  // were asked for
    Tensor features, labels;         // of the sample, as the network gets them
    std::vector<NodePreview> nodes;  // by ascending id; without those of which nothing is known
    std::int64_t step = -1;          // of the weights; -1: initial
    std::int64_t newParameters = 0;  // that the run's weights do not have
    std::string fault;               // why there is nothing, or not everything
    const NodePreview* find(NodeId node) const;
};

class Previewer {
public:
    // What a preview may take, above which it says so instead.
    static constexpr std::size_t kMostBytes = std::size_t{256} << 20;

    Previewer();
    ~Previewer();
    // Null when asked to stop, which is looked for between instructions.
    std::shared_ptr<const Preview> preview(const PreviewRequest& request, const std::stop_token& stop = {});

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace gradlens
