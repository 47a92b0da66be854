// SPDX-License-Identifier: GPL-3.0-or-later
// Which samples make batch n, and the batch itself, assembled ahead of time on the arena. A pure function of (seed,
// step): nothing to save but the step. Owned by the trainer thread.
#pragma once
#include "core/data/dataset.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace gradlens {

// The order of samples: every epoch shuffles anew (Fisher-Yates on Philox stream Shuffle, step = epoch).
class BatchOrder {
public:
    BatchOrder(std::int64_t samples, std::int64_t batchSize, std::uint64_t seed, bool shuffle);
    std::int64_t stepsPerEpoch() const;  // the last batch of an epoch may be smaller
    std::int64_t batchSizeAt(std::int64_t step) const;
    Augmentation augmentationAt(std::int64_t step) const { return {m_seed, step / stepsPerEpoch()}; }
    // Sample numbers of the batch of `step` (0-based over all epochs). Valid until the next call.
    std::span<const std::int64_t> indices(std::int64_t step);

private:
    std::int64_t m_samples, m_batchSize;
    std::uint64_t m_seed;
    bool m_shuffle;
    std::int64_t m_epoch = -1;
    std::vector<std::int64_t> m_permutation;
};

struct Batch {
    std::int64_t step = -1;
    std::int64_t size = 0;
    std::vector<std::int64_t> indices;
    Tensor features, labels;
};

// Hands out batches in order of step; assembles the next one while the current one is used.
class Loader {
public:
    // realType: of features. part must belong to dataset.
    Loader(const Arena& arena, std::shared_ptr<const Dataset> dataset, const DatasetPart& part, BatchOrder order,
           DType realType);
    ~Loader();
    const BatchOrder& order() const;
    // The batch of `step`; valid until the next call. Then starts assembling step + 1. Any step may be asked for.
    const Batch& batch(std::int64_t step);

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace gradlens
