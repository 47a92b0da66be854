// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/batch_error.h"

namespace gradlens {

BatchError::BatchError(std::int64_t sample, std::string fault, std::string hint, std::string node)
    : Error(fault + ", in sample " + std::to_string(sample + 1) + " of the batch", std::move(node), std::move(hint)),
      m_sample(sample),
      m_fault(std::move(fault)) {}

BatchError strangeLabel(std::int64_t label, std::int64_t sample, std::int64_t classes) {
    return {sample, "label " + std::to_string(label) + " is none of the " + std::to_string(classes) + " classes",
            "Correct the labels, or give the last layer as many units as there are classes"};
}

}  // namespace gradlens
