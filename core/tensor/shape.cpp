// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tensor/shape.h"

#include <algorithm>

namespace gradlens {

Shape::Shape(std::span<const std::int64_t> sizes) : m_rank(static_cast<int>(sizes.size())) {
    assert(sizes.size() <= kMaxRank);
    std::copy(sizes.begin(), sizes.end(), m_sizes.begin());
}

void Shape::set(int axis, std::int64_t size) {
    const int index = axis < 0 ? axis + m_rank : axis;
    assert(index >= 0 && index < m_rank);
    m_sizes[static_cast<std::size_t>(index)] = size;
}

void Shape::append(std::int64_t size) {
    assert(m_rank < kMaxRank);
    m_sizes[static_cast<std::size_t>(m_rank++)] = size;
}

std::int64_t Shape::elements() const {
    std::int64_t product = 1;
    for (const std::int64_t size : sizes()) product *= size;
    return product;
}

std::optional<std::int64_t> Shape::checkedElements() const {
    std::int64_t product = 1;
    for (const std::int64_t size : sizes())
        if (size < 0 || __builtin_mul_overflow(product, size, &product)) return std::nullopt;
    return product;
}

Shape Shape::slice(int from, int to) const {
    const int end = to < 0 ? m_rank : to;
    assert(from >= 0 && from <= end && end <= m_rank);
    return Shape(sizes().subspan(static_cast<std::size_t>(from), static_cast<std::size_t>(end - from)));
}

Shape Shape::withFront(std::int64_t size) const {
    Shape result{size};
    for (const std::int64_t inner : sizes()) result.append(inner);
    return result;
}

std::string Shape::toString() const {
    if (m_rank == 0) return "scalar";
    std::string text;
    for (const std::int64_t size : sizes()) text += (text.empty() ? "" : "x") + std::to_string(size);
    return text;
}

bool operator==(const Shape& a, const Shape& b) {
    return std::ranges::equal(a.sizes(), b.sizes());
}

}  // namespace gradlens
