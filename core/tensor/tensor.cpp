// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tensor/tensor.h"

#include <cstring>

namespace gradlens {

namespace {
template <class F>
decltype(auto) dispatch(DType type, F&& body) {
    switch (type) {
        case DType::Float64:
            return body.template operator()<double>();
        case DType::Int32:
            return body.template operator()<std::int32_t>();
        case DType::UInt8:
            return body.template operator()<std::uint8_t>();
        case DType::Float32:
            break;
    }
    return body.template operator()<float>();
}
}  // namespace

double TensorView::at(std::int64_t index) const {
    assert(index >= 0 && index < elements());
    return dispatch(m_dtype, [&]<class T>() { return static_cast<double>(static_cast<const T*>(m_data)[index]); });
}

Tensor::Tensor(DType dtype, const Shape& shape) {
    m_buffer = allocateBuffer(static_cast<std::size_t>(shape.elements()) * sizeOf(dtype));
    m_view = TensorView(m_buffer.get(), dtype, shape);
}

Tensor::Tensor(BufferPool& pool, DType dtype, const Shape& shape) {
    m_buffer = pool.allocate(static_cast<std::size_t>(shape.elements()) * sizeOf(dtype));
    m_view = TensorView(m_buffer.get(), dtype, shape);
}

Tensor Tensor::zeros(DType dtype, const Shape& shape) {
    Tensor result(dtype, shape);
    std::memset(result.m_buffer.get(), 0, result.bytes());
    return result;
}

Tensor Tensor::clone() const {
    if (!m_buffer) return {};
    Tensor result(dtype(), shape());
    result.copyFrom(m_view);
    return result;
}

void Tensor::copyFrom(const TensorView& source) {
    assert(source.dtype() == dtype() && source.elements() == elements());
    if (source.bytes() > 0) std::memcpy(m_buffer.get(), source.data(), source.bytes());
}

Tensor Tensor::cast(DType target) const {
    Tensor result(target, shape());
    dispatch(target, [&]<class To>() {
        const auto to = result.as<To>();
        dispatch(dtype(), [&]<class From>() {
            const auto from = as<From>();
            for (std::size_t i = 0; i < to.size(); ++i) to[i] = static_cast<To>(from[i]);
        });
    });
    return result;
}

}  // namespace gradlens
