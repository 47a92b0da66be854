// SPDX-License-Identifier: GPL-3.0-or-later
// Element types: float32 to train, float64 to check gradients, int32 for labels and tokens, uint8 for raw data.
#pragma once
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace gradlens {

enum class DType : std::uint8_t { Float32, Float64, Int32, UInt8 };

constexpr std::size_t sizeOf(DType type) {
    switch (type) {
        case DType::Float32:
            return 4;
        case DType::Float64:
            return 8;
        case DType::Int32:
            return 4;
        case DType::UInt8:
            return 1;
    }
    return 0;
}

constexpr std::string_view nameOf(DType type) {
    switch (type) {
        case DType::Float32:
            return "float32";
        case DType::Float64:
            return "float64";
        case DType::Int32:
            return "int32";
        case DType::UInt8:
            return "uint8";
    }
    return "";
}

constexpr bool isReal(DType type) {
    return type == DType::Float32 || type == DType::Float64;
}

template <class T>
struct DTypeOf;
template <>
struct DTypeOf<float> {
    static constexpr DType value = DType::Float32;
};
template <>
struct DTypeOf<double> {
    static constexpr DType value = DType::Float64;
};
template <>
struct DTypeOf<std::int32_t> {
    static constexpr DType value = DType::Int32;
};
template <>
struct DTypeOf<std::uint8_t> {
    static constexpr DType value = DType::UInt8;
};
template <class T>
inline constexpr DType dtypeOf = DTypeOf<T>::value;

// Calls body.template operator()<float>() or <double>().
template <class F>
decltype(auto) dispatchReal(DType type, F&& body) {
    assert(isReal(type));
    if (type == DType::Float64) return body.template operator()<double>();
    return body.template operator()<float>();
}

}  // namespace gradlens
