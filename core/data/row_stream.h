// SPDX-License-Identifier: GPL-3.0-or-later
// Streams of samples that lie as rows of bytes in files, and a choice of samples of another stream. Immutable; any
// thread.
#pragma once
#include "core/data/dataset.h"
#include "core/data/random_bytes.h"

#include <functional>
#include <memory>
#include <vector>

namespace gradlens {

// Rows one after the other, `stride` bytes apart.
struct RowBlock {
    std::shared_ptr<const RandomBytes> bytes;
    std::int64_t first = 0;  // where row 0 begins
    std::int64_t stride = 0;
    std::int64_t rows = 0;
};

// How the elements of a row are stored; all little-endian.
enum class RowType { UInt8, Int8, Int16, UInt16, Int32, UInt32, Int64, Half, Float32, Float64 };
std::int64_t sizeOf(RowType type);
// Reads `count` elements as Float32, or (tokens) as Int32, kept within its range.
void convertRow(RowType type, const std::byte* from, std::int64_t count, DType to, void* target);

// Features are read from the files when asked for, labels (Int32 or Float32, N x labelShape) are held.
class RowStream final : public SampleStream {
public:
    // featureType: UInt8 for rows of UInt8; Float32; or Int32.
    RowStream(std::vector<RowBlock> blocks, RowType type, std::int64_t elements, DType featureType, Tensor labels);

    std::int64_t size() const override { return m_size; }
    DType featureType() const override { return m_featureType; }
    DType labelType() const override { return m_labels.dtype(); }
    void read(std::int64_t index, void* features, void* labels) const override;
    void readLabels(std::int64_t index, void* labels) const override;

private:
    std::vector<RowBlock> m_blocks;
    RowType m_type;
    std::int64_t m_elements, m_size = 0;
    DType m_featureType;
    Tensor m_labels;
};

// Samples `indices` of another stream.
class SelectedSamples final : public SampleStream {
public:
    SelectedSamples(std::shared_ptr<const SampleStream> all, std::vector<std::int64_t> indices)
        : m_all(std::move(all)), m_indices(std::move(indices)) {}

    std::int64_t size() const override { return static_cast<std::int64_t>(m_indices.size()); }
    DType featureType() const override { return m_all->featureType(); }
    DType labelType() const override { return m_all->labelType(); }
    void read(std::int64_t index, void* features, void* labels) const override {
        m_all->read(m_indices[static_cast<std::size_t>(index)], features, labels);
    }
    void readLabels(std::int64_t index, void* labels) const override {
        m_all->readLabels(m_indices[static_cast<std::size_t>(index)], labels);
    }

private:
    std::shared_ptr<const SampleStream> m_all;
    std::vector<std::int64_t> m_indices;
};

}  // namespace gradlens
