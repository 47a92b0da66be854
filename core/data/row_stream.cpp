// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/row_stream.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <cstring>
#include <limits>

namespace gradlens {

static_assert(std::endian::native == std::endian::little);

namespace {
// IEEE 754 binary16.
struct Half {
    std::uint16_t bits;
};

float toFloat(Half half) {
    const int exponent = half.bits >> 10 & 0x1f, fraction = half.bits & 0x3ff;
    const float sign = (half.bits & 0x8000) != 0 ? -1.0f : 1.0f;
    if (exponent == 31)
        return fraction == 0 ? sign * std::numeric_limits<float>::infinity() : std::numeric_limits<float>::quiet_NaN();
    return sign * (exponent == 0 ? std::ldexp(static_cast<float>(fraction), -24)
                                 : std::ldexp(static_cast<float>(fraction + 1024), exponent - 25));
}

template <class To, class From>
To valueOf(From value) {
    if constexpr (std::is_same_v<From, Half>)
        return valueOf<To>(toFloat(value));
    else if constexpr (std::is_same_v<To, float>)
        return static_cast<float>(value);
    else if constexpr (std::is_floating_point_v<From>)
        return std::abs(value) < From{2147483648.0} ? static_cast<To>(value) : To{-1};
    else
        return static_cast<To>(std::clamp<std::int64_t>(
            static_cast<std::int64_t>(value), std::numeric_limits<To>::min(), std::numeric_limits<To>::max()));
}

// A row type as a type: calls body.template operator()<T>().
template <class Body>
auto dispatchRow(RowType type, Body&& body) {
    switch (type) {
        case RowType::UInt8:
            return body.template operator()<std::uint8_t>();
        case RowType::Int8:
            return body.template operator()<std::int8_t>();
        case RowType::Int16:
            return body.template operator()<std::int16_t>();
        case RowType::UInt16:
            return body.template operator()<std::uint16_t>();
        case RowType::Int32:
            return body.template operator()<std::int32_t>();
        case RowType::UInt32:
            return body.template operator()<std::uint32_t>();
        case RowType::Int64:
            return body.template operator()<std::int64_t>();
        case RowType::Half:
            return body.template operator()<Half>();
        case RowType::Float32:
            return body.template operator()<float>();
        case RowType::Float64:
            break;
    }
    return body.template operator()<double>();
}
}  // namespace

std::int64_t sizeOf(RowType type) {
    return dispatchRow(type, []<class T>() { return static_cast<std::int64_t>(sizeof(T)); });
}

void convertRow(RowType type, const std::byte* from, std::int64_t count, DType to, void* target) {
    dispatchRow(type, [&]<class From>() {
        const auto each = [&]<class To>(To* values) {
            for (std::int64_t i = 0; i < count; ++i) {
                From value;
                std::memcpy(&value, from + static_cast<std::size_t>(i) * sizeof(From),
                            sizeof(From));  // files align nothing
                values[i] = valueOf<To>(value);
            }
        };
        if (to == DType::Int32)
            each(static_cast<std::int32_t*>(target));
        else
            each(static_cast<float*>(target));
    });
}

RowStream::RowStream(std::vector<RowBlock> blocks, RowType type, std::int64_t elements, DType featureType,
                     Tensor labels)
    : m_blocks(std::move(blocks)),
      m_type(type),
      m_elements(elements),
      m_featureType(featureType),
      m_labels(std::move(labels)) {
    for (const RowBlock& block : m_blocks) m_size += block.rows;
    assert(m_labels.shape()[0] == m_size && (featureType != DType::UInt8 || type == RowType::UInt8));
}

void RowStream::readLabels(std::int64_t index, void* labels) const {
    const std::size_t labelBytes = m_labels.bytes() / static_cast<std::size_t>(m_size);
    std::memcpy(labels,
                static_cast<const std::byte*>(m_labels.view().data()) + static_cast<std::size_t>(index) * labelBytes,
                labelBytes);
}

void RowStream::read(std::int64_t index, void* features, void* labels) const {
    readLabels(index, labels);
    std::int64_t row = index;
    auto block = m_blocks.begin();
    for (; row >= block->rows; ++block) row -= block->rows;
    const std::int64_t offset = block->first + row * block->stride;
    const auto bytes = static_cast<std::size_t>(m_elements * sizeOf(m_type));
    const std::string what = "sample " + std::to_string(row + 1);
    const bool asStored = m_featureType == DType::UInt8 ||
                          (m_type == RowType::Float32 && m_featureType == DType::Float32) ||
                          (m_type == RowType::Int32 && m_featureType == DType::Int32);
    if (asStored) {
        block->bytes->read(offset, {static_cast<std::byte*>(features), bytes}, what);
        return;
    }
    thread_local std::vector<std::byte> stored;
    stored.resize(bytes);
    block->bytes->read(offset, stored, what);
    convertRow(m_type, stored.data(), m_elements, m_featureType, features);
}

}  // namespace gradlens
