// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/loader.h"

#include "core/base/philox.h"

#include <algorithm>
#include <cassert>
#include <numeric>
#include <utility>

namespace gradlens {

BatchOrder::BatchOrder(std::int64_t samples, std::int64_t batchSize, std::uint64_t seed, bool shuffle)
    : m_samples(samples), m_batchSize(std::min(batchSize, samples)), m_seed(seed), m_shuffle(shuffle) {
    assert(samples > 0 && batchSize > 0);
}

std::int64_t BatchOrder::stepsPerEpoch() const {
    return (m_samples + m_batchSize - 1) / m_batchSize;
}

std::int64_t BatchOrder::batchSizeAt(std::int64_t step) const {
    const std::int64_t first = step % stepsPerEpoch() * m_batchSize;
    return std::min(m_batchSize, m_samples - first);
}

std::span<const std::int64_t> BatchOrder::indices(std::int64_t step) {
    assert(step >= 0);
    const std::int64_t epoch = m_shuffle ? step / stepsPerEpoch() : 0;
    if (epoch != m_epoch) {
        // From the identity each time, so that an epoch's order does not depend on the epochs before it.
        m_permutation.resize(static_cast<std::size_t>(m_samples));
        std::iota(m_permutation.begin(), m_permutation.end(), std::int64_t{0});
        if (m_shuffle) {
            const Random random(m_seed, RandomStream::Shuffle, static_cast<std::uint64_t>(epoch));
            for (std::size_t i = m_permutation.size() - 1; i > 0; --i)
                std::swap(m_permutation[i], m_permutation[random.below(i, i + 1)]);
        }
        m_epoch = epoch;
    }
    const std::int64_t first = step % stepsPerEpoch() * m_batchSize;
    return std::span(m_permutation)
        .subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(batchSizeAt(step)));
}

struct Loader::Impl {
    Impl(const Arena& loaderArena, std::shared_ptr<const Dataset> loaderDataset, const DatasetPart& loaderPart,
         BatchOrder loaderOrder, DType type)
        : arena(loaderArena),
          dataset(std::move(loaderDataset)),
          part(loaderPart),
          order(std::move(loaderOrder)),
          realType(type) {}

    const Arena& arena;
    std::shared_ptr<const Dataset> dataset;
    DatasetPart part;  // shares the dataset's memory
    BatchOrder order;  // the task's while one is pending, but for its constants
    DType realType;
    BufferPool pool{std::size_t{64} << 20};
    Batch current, next;
    Arena::Task task;  // last: joined before what it writes goes

    void assemble(Batch& batch, std::int64_t step) {
        batch.step = -1;  // until it is whole
        const auto indices = order.indices(step);
        batch.indices.assign(indices.begin(), indices.end());
        batch.size = static_cast<std::int64_t>(indices.size());
        fit(batch.features, part.featureType() == DType::Int32 ? DType::Int32 : realType,
            dataset->featureShape.withFront(batch.size));
        fit(batch.labels, part.labelType() == DType::Int32 ? DType::Int32 : realType,
            dataset->labelShape.withFront(batch.size));
        gather(arena, *dataset, part, batch.indices, batch.features.view(), batch.labels.view(),
               order.augmentationAt(step));
        batch.step = step;
    }

    void fit(Tensor& tensor, DType dtype, const Shape& shape) {
        if (tensor && tensor.dtype() == dtype && tensor.shape() == shape) return;
        tensor = Tensor();  // back to the pool first
        tensor = Tensor(pool, dtype, shape);
    }
};

Loader::Loader(const Arena& arena, std::shared_ptr<const Dataset> dataset, const DatasetPart& part, BatchOrder order,
               DType realType)
    : m_impl(std::make_unique<Impl>(arena, std::move(dataset), part, std::move(order), realType)) {
    assert(isReal(realType));
}

Loader::~Loader() = default;

const BatchOrder& Loader::order() const {
    return m_impl->order;
}

const Batch& Loader::batch(std::int64_t step) {
    Impl& impl = *m_impl;
    if (impl.current.step == step) return impl.current;
    // Also when the prefetched batch is not the one asked for: its buffers are about to be written again.
    impl.task.wait();
    std::swap(impl.current, impl.next);
    if (impl.current.step != step) impl.assemble(impl.current, step);
    impl.next.step = -1;
    impl.task = impl.arena.enqueue([&impl, step] { impl.assemble(impl.next, step + 1); });
    return impl.current;
}

}  // namespace gradlens
