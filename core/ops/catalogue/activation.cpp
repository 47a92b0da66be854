// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/activation.h"

namespace gradlens {

namespace {
Inference likeTheInput(const Attributes&, std::span<const TensorType> inputs) {
    Inference inference;
    inference.outputs = {inputs[0]};
    return inference;
}
}  // namespace

OpDefinition activation(std::string name, std::string baseName) {
    OpDefinition op;
    op.name = std::move(name);
    op.category = "Activation";
    op.baseName = std::move(baseName);
    op.inputs = {{"input", "Any shape"}};
    op.outputs = {{"output", "The input's shape"}};
    op.infer = likeTheInput;
    op.forwardInPlace = true;
    op.backwardInPlace = true;
    return op;
}

}  // namespace gradlens
