// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/multi_head.h"

namespace gradlens {

OpDefinition defineMultiHeadAttention() {
    OpDefinition op = multiHeadOp(false);
    op.name = "MultiHeadAttention";
    op.summary = "Lets every step of a sequence gather what it needs from the others, in several heads side by side.";
    op.maths =
        "[Q K V] = x Wᵢₙᵀ + bᵢₙ;  y = concat over heads of softmax(Q Kᵀ / √d) V, times Wₒᵤₜᵀ, + bₒᵤₜ.  [Vaswani et al. "
        "2017, 3.2.2; as torch.nn.MultiheadAttention]";
    op.baseName = "attention";
    op.inputs = {{"input", "Sequences: batch x steps x size"},
                 {"mask", "Batch x steps: a step is seen where this is above 0", PortKind::Real, false, true}};
    op.outputs = {{"output", "The same shape"}};
    op.exported = {"MultiHeadAttention", "MultiheadAttention", "MultiHeadAttention"};
    const auto with = [](std::int64_t heads, bool causal, bool bias) {
        return Attributes{
            {"heads", AttributeValue(heads)}, {"causal", AttributeValue(causal)}, {"bias", AttributeValue(bias)}};
    };
    const auto real = [](Shape shape) { return TensorType{DType::Float32, shape}; };
    op.samples = {{"two heads", with(2, false, true), {real({2, 3, 4})}},
                  {"causal", with(3, true, true), {real({2, 5, 6})}},
                  {"mask, no bias", with(1, false, false), {real({3, 4, 3}), real({3, 4})}},
                  {"one step", with(2, true, true), {real({1, 1, 2})}}};
    return op;
}

}  // namespace gradlens
