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

// A dtype as a type: calls body.template operator()<T>().
template <class Body>
void dispatchStored(DType type, Body&& body) {
    if (type == DType::UInt8)
        body.template operator()<std::uint8_t>();
    else if (type == DType::Int32)
        body.template operator()<std::int32_t>();
    else
        body.template operator()<float>();
}

// Copies a stored run into the batch's type, scaled where both are real or bytes.
void convert(const FeatureScaling* scaling, DType stored, const void* from, const TensorView& target,
             std::int64_t first, std::int64_t elements) {
    dispatchStored(stored, [&]<class From>() {
        const auto* source = static_cast<const From*>(from);
        if (target.dtype() == DType::Int32) {
            copyPlain(source, target.as<std::int32_t>().data() + first, elements);
            return;
        }
        dispatchReal(target.dtype(), [&]<class To>() {
            if (scaling != nullptr)
                copyScaled(source, target.as<To>().data() + first, elements, *scaling);
            else
                copyPlain(source, target.as<To>().data() + first, elements);
        });
    });
}

std::int64_t bytesOf(DType type, std::int64_t elements) {
    return elements * static_cast<std::int64_t>(sizeOf(type));
}

// Sample by sample, through the stream and the transforms.
class SampleGather {
public:
    SampleGather(const Arena& arena, const Dataset& dataset, const DatasetPart& part, const Augmentation& augmentation)
        : m_arena(arena),
          m_dataset(dataset),
          m_part(part),
          m_random(augmentation.seed, RandomStream::Augment, static_cast<std::uint64_t>(augmentation.epoch)),
          m_elements(dataset.featureShape.elements()),
          m_labels(dataset.labelShape.elements()) {}

    void run(std::span<const std::int64_t> indices, const TensorView& features, const TensorView& labels) const {
        const std::int64_t stored = aligned(bytesOf(m_part.featureType(), m_elements)),
                           storedLabels = aligned(bytesOf(m_part.labelType(), m_labels));
        const std::int64_t floats = aligned(bytesOf(DType::Float32, m_elements));
        forSamples(m_arena, indices, m_elements, [&](std::int64_t position, std::int64_t sample) {
            std::byte* const memory =
                m_arena.workerScratch(static_cast<std::size_t>(stored + storedLabels + 2 * floats));
            const void *from = memory, *fromLabels = memory + stored;
            if (m_part.stream != nullptr) {
                m_part.stream->read(sample, memory, memory + stored);
            } else {
                from = static_cast<const std::byte*>(m_part.features.view().data()) +
                       sample * bytesOf(m_part.featureType(), m_elements);
                fromLabels = static_cast<const std::byte*>(m_part.labels.view().data()) +
                             sample * bytesOf(m_part.labelType(), m_labels);
            }
            if (labels) convert(nullptr, m_part.labelType(), fromLabels, labels, position * m_labels, m_labels);
            if (!features) return;
            if (!m_part.augmented || m_dataset.transforms.empty()) {
                convert(m_part.featureType() == DType::Int32 ? nullptr : &m_dataset.scaling, m_part.featureType(), from,
                        features, position * m_elements, m_elements);
                return;
            }
            auto* const values = reinterpret_cast<float*>(memory + stored + storedLabels);
            convert(&m_dataset.scaling, m_part.featureType(), from,
                    TensorView(values, DType::Float32, m_dataset.featureShape), 0, m_elements);
            transform(sample, values, reinterpret_cast<float*>(memory + stored + storedLabels + floats));
            convert(nullptr, DType::Float32, values, features, position * m_elements, m_elements);
        });
    }

private:
    static std::int64_t aligned(std::int64_t bytes) { return (bytes + 63) / 64 * 64; }

    void transform(std::int64_t sample, float* values, float* scratch) const {
        constexpr std::uint64_t kDrawsOfSample = 64, kDrawsOfTransform = 4;
        const Shape& shape = m_dataset.featureShape;
        for (std::size_t i = 0; i < m_dataset.transforms.size(); ++i) {
            const std::uint64_t first = static_cast<std::uint64_t>(sample) * kDrawsOfSample +
                                        i % (kDrawsOfSample / kDrawsOfTransform) * kDrawsOfTransform;
            const BoundTransform& bound = m_dataset.transforms[i];
            bound.definition->apply(bound.attributes,
                                    {shape[0], shape[1], shape[2], values, scratch, [&](int draw) {
                                         return m_random.uniform(first + static_cast<std::uint64_t>(draw));
                                     }});
        }
    }

    const Arena& m_arena;
    const Dataset& m_dataset;
    const DatasetPart& m_part;
    Random m_random;
    std::int64_t m_elements, m_labels;
};
}  // namespace

void gather(const Arena& arena, const Dataset& dataset, const DatasetPart& part, std::span<const std::int64_t> indices,
            const TensorView& features, const TensorView& labels, const Augmentation& augmentation) {
    assert(std::ranges::all_of(indices, [&](std::int64_t index) { return index >= 0 && index < part.size(); }));
    if (part.stream != nullptr || part.featureType() == DType::Int32 ||
        (part.augmented && !dataset.transforms.empty())) {
        SampleGather(arena, dataset, part, augmentation).run(indices, features, labels);
        return;
    }
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
