// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/sample_axis.h"

namespace gradlens {

AttributeSpec sampleAxisAttribute(std::int64_t defaultValue, std::string help) {
    return integerAttribute("axis", "Axis", defaultValue, -(Shape::kMaxRank - 1), Shape::kMaxRank - 2,
                            help + " 0 is the first behind the batch, -1 the last.");
}

int sampleAxis(const Attributes& attributes, const Shape& shape) {
    const int axis = static_cast<int>(attributes.integer("axis"));
    return axis < 0 ? axis + shape.rank() : axis + 1;
}

std::optional<OpProblem> sampleAxisProblem(const Attributes& attributes, const Shape& shape) {
    if (shape.rank() < 2)
        return OpProblem{0, "expects samples with at least one axis", "NxC or NxCx...", shape.toString(),
                         "Put a layer with several outputs before it"};
    const int axis = sampleAxis(attributes, shape);
    if (axis >= 1 && axis < shape.rank()) return std::nullopt;
    return OpProblem{0,
                     "has no axis " + std::to_string(attributes.integer("axis")) + " in a sample of shape " +
                         shape.slice(1).toString(),
                     "an input with such an axis", shape.toString(),
                     "Choose an axis from 0 to " + std::to_string(shape.rank() - 2) + ", or -1 for the last"};
}

}  // namespace gradlens
