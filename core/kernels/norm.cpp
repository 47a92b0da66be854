// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/norm.h"

#include <cmath>

namespace gradlens {

double squaredNorm(const Arena& arena, const TensorView& tensor) {
    double sum = 0;
    dispatchReal(tensor.dtype(), [&]<class T>() {
        const T* values = tensor.as<const T>().data();
        sum = sumOver(arena, tensor.elements(), [=](std::int64_t i) {
            const double value = static_cast<double>(values[i]);
            return value * value;
        });
    });
    return sum;
}

double normOf(const Arena& arena, std::span<const TensorView> tensors) {
    double sum = 0;
    for (const TensorView& tensor : tensors) sum += squaredNorm(arena, tensor);
    return std::sqrt(sum);
}

}  // namespace gradlens
