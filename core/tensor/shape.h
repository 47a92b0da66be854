// SPDX-License-Identifier: GPL-3.0-or-later
// The extents of a tensor, outermost first (row-major): a value of at most kMaxRank sizes, no allocation.
// A rank-0 shape is a scalar and has one element.
#pragma once
#include <array>
#include <cassert>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>

namespace gradlens {

class Shape {
public:
    static constexpr int kMaxRank = 8;

    Shape() = default;
    Shape(std::initializer_list<std::int64_t> sizes) : Shape(std::span(sizes.begin(), sizes.size())) {}
    explicit Shape(std::span<const std::int64_t> sizes);

    int rank() const { return m_rank; }
    // axis may be negative: -1 is the innermost.
    std::int64_t operator[](int axis) const {
        const int index = axis < 0 ? axis + m_rank : axis;
        assert(index >= 0 && index < m_rank);
        return m_sizes[static_cast<std::size_t>(index)];
    }
    void set(int axis, std::int64_t size);
    void append(std::int64_t size);
    std::span<const std::int64_t> sizes() const { return {m_sizes.data(), static_cast<std::size_t>(m_rank)}; }
    auto begin() const { return sizes().begin(); }
    auto end() const { return sizes().end(); }

    // The number of elements. Sizes must be non-negative and the product below 2^63 (see checkedElements).
    std::int64_t elements() const;
    // The same, or nothing when a size is negative or the product overflows: for shapes read from files.
    std::optional<std::int64_t> checkedElements() const;
    // Axes [from, to) as a shape of their own; to < 0 means to the end.
    Shape slice(int from, int to = -1) const;
    // This shape with `size` in front: a sample's shape becomes a batch's.
    Shape withFront(std::int64_t size) const;

    // "128x1x28x28"; a scalar is "scalar".
    std::string toString() const;

    friend bool operator==(const Shape& a, const Shape& b);

private:
    std::array<std::int64_t, kMaxRank> m_sizes{};
    int m_rank = 0;
};

}  // namespace gradlens
