// SPDX-License-Identifier: GPL-3.0-or-later
// The Python function `attention(query, key, value, seen=None, causal=False)` that the attention ops are exported with.
#pragma once

namespace gradlens {

inline constexpr const char* kTorchAttention = R"(def attention(query, key, value, seen=None, causal=False):
    """softmax(Q Kᵀ / √d) V. Keys count where `seen` is above 0; a query that sees no key gives zeros."""
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
    hidden = torch.zeros_like(scores, dtype=torch.bool)
    if causal:
        hidden = hidden | torch.ones_like(hidden).triu(1)
    if seen is not None:
        hidden = hidden | ~(seen > 0).reshape(seen.shape[0], *[1] * (scores.dim() - 2), seen.shape[1])
    weights = torch.softmax(scores.masked_fill(hidden, -math.inf), dim=-1)
    return weights.masked_fill(hidden, 0.0) @ value)";

inline constexpr const char* kKerasAttention = R"(def attention(query, key, value, seen=None, causal=False):
    """softmax(Q Kᵀ / √d) V. Keys count where `seen` is above 0; a query that sees no key gives zeros."""
    scores = ops.matmul(query, ops.swapaxes(key, -2, -1)) / query.shape[-1] ** 0.5
    visible = ops.ones_like(scores, dtype="bool")
    if causal:
        visible = ops.logical_and(visible, np.tril(np.ones((query.shape[-2], key.shape[-2]), dtype="bool")))
    if seen is not None:
        visible = ops.logical_and(visible, ops.reshape(seen > 0, (-1,) + (1,) * (len(scores.shape) - 2) + (seen.shape[1],)))
    weights = ops.softmax(ops.where(visible, scores, -1e30), axis=-1)
    return ops.matmul(ops.where(visible, weights, 0.0), value))";

}  // namespace gradlens
