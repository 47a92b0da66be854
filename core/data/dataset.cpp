// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/dataset.h"

#include <algorithm>
#include <cassert>

namespace gradlens {

namespace {
constexpr std::int64_t kTileElements = 1 << 15;  // a few microseconds of copying

// One sample: runs of `inner` elements share an entry of the scaling, or every element has its own (inner == 1).
template <class From, class To>
void copyScaled(const From* from, To* to, std::int64_t elements, const FeatureScaling& scaling) {
    const auto entries = static_cast<std::int64_t>(scaling.mean.size());
    const std::int64_t inner = elements / entries;
    const float* means = scaling.mean.data();
    const float* scales = scaling.scale.data();
    if (inner == 1) {
        for (std::int64_t i = 0; i < elements; ++i)
            to[i] = (static_cast<To>(from[i]) - static_cast<To>(means[i])) * static_cast<To>(scales[i]);
        return;
    }
    for (std::int64_t entry = 0; entry < entries; ++entry) {
        const To mean = static_cast<To>(means[entry]), scale = static_cast<To>(scales[entry]);
        const From* source = from + entry * inner;
        To* target = to + entry * inner;
        for (std::int64_t i = 0; i < inner; ++i) target[i] = (static_cast<To>(source[i]) - mean) * scale;
    }
}

template <class From, class To>
void copyPlain(const From* from, To* to, std::int64_t elements) {
    for (std::int64_t i = 0; i < elements; ++i) to[i] = static_cast<To>(from[i]);
}

// body(position in the batch, sample number) for every index, tiles of samples in parallel.
template <class F>
void forSamples(const Arena& arena, std::span<const std::int64_t> indices, std::int64_t elements, F&& body) {
    const std::int64_t grain = std::max<std::int64_t>(1, kTileElements / std::max<std::int64_t>(1, elements));
    arena.forRange(static_cast<std::int64_t>(indices.size()), grain, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) body(i, indices[static_cast<std::size_t>(i)]);
    });
}

template <class From, class To>
void gatherFeatures(const Arena& arena, const FeatureScaling& scaling, const Tensor& source,
                    std::span<const std::int64_t> indices, const TensorView& target) {
    const std::int64_t elements = source.shape().slice(1).elements();
    const From* from = source.as<const From>().data();
    To* to = target.as<To>().data();
    forSamples(arena, indices, elements, [&](std::int64_t position, std::int64_t sample) {
        copyScaled(from + sample * elements, to + position * elements, elements, scaling);
    });
}

template <class From, class To>
void gatherLabels(const Arena& arena, const Tensor& source, std::span<const std::int64_t> indices,
                  const TensorView& target) {
    const std::int64_t elements = source.shape().slice(1).elements();
    const From* from = source.as<const From>().data();
    To* to = target.as<To>().data();
    forSamples(arena, indices, elements, [&](std::int64_t position, std::int64_t sample) {
        copyPlain(from + sample * elements, to + position * elements, elements);
    });
}
}  // namespace

void gather(const Arena& arena, const Dataset& dataset, const DatasetPart& part, std::span<const std::int64_t> indices,
            const TensorView& features, const TensorView& labels) {
    assert(std::ranges::all_of(indices, [&](std::int64_t index) { return index >= 0 && index < part.size(); }));
    if (features) {
        assert(features.elements() == static_cast<std::int64_t>(indices.size()) * dataset.featureShape.elements());
        dispatchReal(features.dtype(), [&]<class To>() {
            if (part.features.dtype() == DType::UInt8) {
                gatherFeatures<std::uint8_t, To>(arena, dataset.scaling, part.features, indices, features);
            } else {
                gatherFeatures<float, To>(arena, dataset.scaling, part.features, indices, features);
            }
        });
    }
    if (!labels) return;
    assert(labels.elements() == static_cast<std::int64_t>(indices.size()) * dataset.labelShape.elements());
    if (part.labels.dtype() == DType::Int32) {
        gatherLabels<std::int32_t, std::int32_t>(arena, part.labels, indices, labels);
    } else {
        dispatchReal(labels.dtype(), [&]<class To>() { gatherLabels<float, To>(arena, part.labels, indices, labels); });
    }
}

}  // namespace gradlens
