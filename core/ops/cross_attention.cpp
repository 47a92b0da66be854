// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/multi_head.h"

namespace gradlens {

OpDefinition defineCrossAttention() {
    OpDefinition op = multiHeadOp(true);
    op.name = "CrossAttention";
    op.summary = "Lets every step of one sequence gather what it needs from another, in several heads side by side.";
    op.maths =
        "Q = x W_qᵀ + b_q,  [K V] = c W_kvᵀ + b_kv;  y = concat over heads of softmax(Q Kᵀ / √d) V, times Wₒᵤₜᵀ, + "
        "bₒᵤₜ.  [Vaswani et al. 2017, 3.2.3; as torch.nn.MultiheadAttention]";
    op.baseName = "cross";
    op.inputs = {
        {"input", "The sequences that ask: batch x steps x size"},
        {"context", "The sequences that are asked: batch x steps x size"},
        {"mask", "Batch x steps of the context: a step is seen where this is above 0", PortKind::Real, false, true}};
    op.outputs = {{"output", "The shape of the sequences that ask"}};
    op.exported = {"MultiHeadAttention", "MultiheadAttention", "MultiHeadAttention"};
    const auto with = [](std::int64_t heads, bool bias) {
        return Attributes{{"heads", AttributeValue(heads)}, {"bias", AttributeValue(bias)}};
    };
    const auto real = [](Shape shape) { return TensorType{DType::Float32, shape}; };
    op.samples = {{"two heads", with(2, true), {real({2, 3, 4}), real({2, 5, 4})}},
                  {"mask", with(3, true), {real({2, 2, 6}), real({2, 4, 6}), real({2, 4})}},
                  {"no bias, one step", with(1, false), {real({1, 1, 3}), real({1, 2, 3})}}};
    return op;
}

}  // namespace gradlens
