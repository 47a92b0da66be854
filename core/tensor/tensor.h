// SPDX-License-Identifier: GPL-3.0-or-later
// Contiguous, row-major tensors. Tensor owns (shares) its memory; TensorView borrows it and is what kernels take.
// Copying a Tensor shares the memory; clone() copies it.
#pragma once
#include "core/tensor/buffer_pool.h"
#include "core/tensor/dtype.h"
#include "core/tensor/shape.h"

#include <cassert>
#include <span>

namespace gradlens {

// Borrowed memory with a shape. Valid as long as its owner; a null view has data() == nullptr.
class TensorView {
public:
    TensorView() = default;
    TensorView(void* data, DType dtype, Shape shape) : m_data(data), m_shape(shape), m_dtype(dtype) {}

    explicit operator bool() const { return m_data != nullptr; }
    void* data() const { return m_data; }
    DType dtype() const { return m_dtype; }
    const Shape& shape() const { return m_shape; }
    std::int64_t elements() const { return m_shape.elements(); }
    std::size_t bytes() const { return static_cast<std::size_t>(elements()) * sizeOf(m_dtype); }

    template <class T>
    std::span<T> as() const {
        assert(m_dtype == dtypeOf<std::remove_const_t<T>>);
        return {static_cast<T*>(m_data), static_cast<std::size_t>(elements())};
    }
    std::span<const std::byte> rawBytes() const { return {static_cast<const std::byte*>(m_data), bytes()}; }
    // The same memory under another shape with as many elements.
    TensorView reshaped(const Shape& shape) const {
        assert(shape.elements() == elements());
        return {m_data, m_dtype, shape};
    }
    // Element `index` (flat) as a double, whatever the dtype. For display and tests, not for loops that matter.
    double at(std::int64_t index) const;

private:
    void* m_data = nullptr;
    Shape m_shape;
    DType m_dtype = DType::Float32;
};

class Tensor {
public:
    Tensor() = default;
    // Uninitialised elements, from the pool or, without one, from the system.
    Tensor(DType dtype, const Shape& shape);
    Tensor(BufferPool& pool, DType dtype, const Shape& shape);

    static Tensor zeros(DType dtype, const Shape& shape);
    template <class T>
    static Tensor of(const Shape& shape, std::span<const T> values) {
        Tensor result(dtypeOf<T>, shape);
        assert(static_cast<std::int64_t>(values.size()) == result.elements());
        std::copy(values.begin(), values.end(), result.as<T>().begin());
        return result;
    }

    explicit operator bool() const { return m_buffer != nullptr; }
    DType dtype() const { return m_view.dtype(); }
    const Shape& shape() const { return m_view.shape(); }
    std::int64_t elements() const { return m_view.elements(); }
    std::size_t bytes() const { return m_buffer ? m_view.bytes() : 0; }
    const TensorView& view() const { return m_view; }
    template <class T>
    std::span<T> as() const {
        return m_view.as<T>();
    }
    double at(std::int64_t index) const { return m_view.at(index); }

    Tensor clone() const;
    // Copies the bytes of a view with the same dtype and element count into this tensor.
    void copyFrom(const TensorView& source);
    // Real or integer elements converted to dtype.
    Tensor cast(DType dtype) const;

private:
    Buffer m_buffer;
    TensorView m_view;
};

}  // namespace gradlens
