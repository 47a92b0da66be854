// SPDX-License-Identifier: GPL-3.0-or-later
// Multi-head attention as Python. Both frameworks' own layers where they say the same; with a mask, layers of ours:
// theirs give NaN or a mean over hidden keys to a query that sees no key.
#include "core/ops/catalogue/attention_source.h"
#include "core/ops/catalogue/multi_head.h"
#include "core/ops/catalogue/python_text.h"

namespace gradlens {

namespace {
constexpr const char* kTorchCausalMask = R"(def later_keys(query, key):
    """True where a key comes after the query."""
    return torch.ones(query.shape[1], key.shape[1], dtype=torch.bool, device=query.device).triu(1))";

constexpr const char* kTorchMasked = R"(class MaskedAttention(nn.MultiheadAttention):
    """Attention to the steps of the context where `seen` is above 0."""

    def forward(self, query, context, seen, causal=False):
        biases = [None] * 3 if self.in_proj_bias is None else self.in_proj_bias.chunk(3)
        q, k, v = (
            F.linear(x, weight, bias).unflatten(-1, (self.num_heads, -1)).transpose(1, 2)
            for x, weight, bias in zip((query, context, context), self.in_proj_weight.chunk(3), biases)
        )
        return self.out_proj(attention(q, k, v, seen, causal).transpose(1, 2).flatten(2)))";

constexpr const char* kKerasMasked = R"(class MaskedAttention(layers.Layer):
    """Attention to the steps of the context where `seen` is above 0."""

    def __init__(self, heads, size, use_bias=True, causal=False, **options):
        super().__init__(**options)
        self.heads, self.size, self.causal = heads, size, causal
        self.query = layers.Dense(size, use_bias=use_bias)
        self.key = layers.Dense(size, use_bias=use_bias)
        self.value = layers.Dense(size, use_bias=use_bias)
        self.output_dense = layers.Dense(size, use_bias=use_bias)

    def split(self, x):
        return ops.transpose(ops.reshape(x, (-1, x.shape[1], self.heads, self.size // self.heads)), (0, 2, 1, 3))

    def call(self, query, context, seen):
        found = attention(
            self.split(self.query(query)), self.split(self.key(context)), self.split(self.value(context)),
            seen, self.causal)
        found = ops.transpose(found, (0, 2, 1, 3))
        return self.output_dense(ops.reshape(found, (-1, query.shape[1], self.size))))";

constexpr std::size_t kInWeight = 0, kOutWeight = 1, kInBias = 2, kOutBias = 3;  // parameters

bool isMasked(const SourceCall& call, bool cross) {
    return call.inputs.size() > (cross ? 2u : 1u);
}

// The rows of the stacked projection that make queries (0), keys (1) or values (2).
std::string rowsOf(std::int64_t part, std::int64_t size) {
    return "{0}[" + python(part * size) + ":" + python((part + 1) * size) + "]";
}
}  // namespace

SourceCode multiHeadToPyTorch(const SourceCall& call, bool cross) {
    const std::string &asking = call.argument(), &asked = call.argument(cross ? 1 : 0);
    const bool masked = isMasked(call, cross), bias = call.attributes.flag("bias"),
               causal = call.attributes.flag("causal");
    PythonCall construct(masked ? "MaskedAttention" : "nn.MultiheadAttention");
    construct.with(python(call.shape()[2]))
        .with(python(call.attributes.integer("heads")))
        .option("bias", bias, true)
        .with("batch_first", python(true));
    std::vector<SourceCode::Weight> weights{{"in_proj_weight", {kInWeight}}, {"out_proj.weight", {kOutWeight}}};
    if (bias) {
        weights.push_back({"in_proj_bias", {kInBias}});
        weights.push_back({"out_proj.bias", {kOutBias}});
    }
    SourceCode code = pythonModule(call, construct, std::move(weights));
    PythonCall use(call.module);
    use.with(asking).with(asked);
    if (masked) {
        use.with(call.arguments.back()).option("causal", causal, false);
        code.helpers = {kTorchAttention, kTorchMasked};
    } else {
        use.with(asked).with("need_weights", python(false));
        if (causal) {
            use.with("attn_mask", "later_keys(" + asking + ", " + asked + ")");
            code.helpers = {kTorchCausalMask};
        }
    }
    code.results = {use.text() + (masked ? "" : "[0]")};
    return code;
}

SourceCode multiHeadToKeras(const SourceCall& call, bool cross) {
    const std::int64_t size = call.shape()[2], heads = call.attributes.integer("heads");
    const bool masked = isMasked(call, cross), bias = call.attributes.flag("bias"),
               causal = call.attributes.flag("causal");
    PythonCall construct(masked ? "MaskedAttention" : "layers.MultiHeadAttention");
    construct.with(python(heads)).with(python(masked ? size : size / heads)).option("use_bias", bias, true);
    if (masked) construct.option("causal", causal, false);
    // Keras keeps the heads apart: kernels are size x heads x share of a head, and back.
    const std::string split = ".reshape" + python(Shape{size, heads, size / heads}),
                      joint = ".reshape" + python(Shape{heads, size / heads, size}),
                      biases = ".reshape" + python(Shape{heads, size / heads});
    const char* own[] = {"query", "key", "value"};
    const char* theirs[] = {"_query_dense", "_key_dense", "_value_dense"};
    std::vector<SourceCode::Weight> weights;
    for (std::int64_t part = 0; part < 3; ++part) {
        const std::string name = masked ? own[part] : theirs[part];
        weights.push_back({name + ".kernel", {kInWeight}, rowsOf(part, size) + ".T" + (masked ? "" : split)});
        if (bias) weights.push_back({name + ".bias", {kInBias}, rowsOf(part, size) + (masked ? "" : biases)});
    }
    const std::string out = masked ? "output_dense" : "_output_dense";
    weights.push_back({out + ".kernel", {kOutWeight}, masked ? "{0}.T" : "{0}.T" + joint});
    if (bias) weights.push_back({out + ".bias", {kOutBias}});
    SourceCode code = pythonModule(call, construct, std::move(weights));
    PythonCall use(call.module);
    use.with(call.argument()).with(call.argument(cross ? 1 : 0));
    if (masked) {
        use.with(call.arguments.back());
        code.helpers = {kKerasAttention, kKerasMasked};
    } else {
        use.option("use_causal_mask", causal, false);
    }
    code.results = {use};
    return code;
}

}  // namespace gradlens
