// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/pointwise.h"

namespace gradlens {

std::vector<OpSample> pointwiseSamples(OpSample::Fill fill) {
    return {{"matrix", {}, {{DType::Float32, {3, 5}}}, fill},
            {"images", {}, {{DType::Float32, {2, 3, 5, 7}}}, fill},
            {"one", {}, {{DType::Float32, {1, 1}}}, fill}};
}

}  // namespace gradlens
