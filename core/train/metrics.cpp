// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/metrics.h"

#include <cassert>

namespace gradlens {

Correct countCorrect(const TensorView& scores, const TensorView& labels, int classAxis) {
    const Shape& shape = scores.shape();
    assert(shape.rank() >= 2);
    const int axis = classAxis < 0 ? classAxis + shape.rank() : classAxis;
    const std::int64_t samples = shape.slice(0, axis).elements(), classes = shape[axis],
                       inner = shape.slice(axis + 1).elements();
    assert(labels.elements() == samples * inner);
    const auto truth = labels.as<const std::int32_t>();
    Correct result;
    dispatchReal(scores.dtype(), [&]<class T>() {
        const T* values = scores.as<const T>().data();
        for (std::int64_t n = 0; n < samples; ++n) {
            for (std::int64_t i = 0; i < inner; ++i) {
                const std::int32_t label = truth[static_cast<std::size_t>(n * inner + i)];
                if (label < 0) continue;
                ++result.counted;
                const T* first = values + n * classes * inner + i;
                std::int64_t best = -1;
                for (std::int64_t c = 0; c < classes; ++c)
                    if (first[c * inner] == first[c * inner] && (best < 0 || first[c * inner] > first[best * inner]))
                        best = c;
                result.correct += best == label ? 1 : 0;
            }
        }
    });
    return result;
}

}  // namespace gradlens
