# SPDX-License-Identifier: GPL-3.0-or-later
"""Embedding, recurrent layers, attention, positions and the normalisations of sequences."""
import torch
import torch.nn.functional as F

from make.common import case, draw, generator, op


def tokens(below, *shape):
    return torch.tensor(generator.integers(0, below, shape))


def recurrent(kind, gates):
    def one(name, batch, steps, features, hidden, layers=1, bidirectional=False, bias=True, last=False, nonlinearity=None):
        parameters = {}
        directions = 2 if bidirectional else 1
        for layer in range(layers):
            width = features if layer == 0 else hidden * directions
            for suffix in ("_l%d" % layer, "_l%d_reverse" % layer)[:directions]:
                parameters["weight_ih" + suffix] = draw(gates * hidden, width, scale=0.5)
                parameters["weight_hh" + suffix] = draw(gates * hidden, hidden, scale=0.5)
                if bias:
                    parameters["bias_ih" + suffix] = draw(gates * hidden, scale=0.5)
                    parameters["bias_hh" + suffix] = draw(gates * hidden, scale=0.5)

        def function(x, p):
            states = torch.zeros(layers * directions, batch, hidden)
            start = (states, states) if kind == torch.lstm else states
            output, final = kind(x[0], start, list(p.values()), bias, layers, 0.0, True, bidirectional, True)[:2]
            return torch.cat(list(final.reshape(layers, directions, batch, hidden)[-1]), -1) if last else output
        attributes = {"hidden": hidden, "layers": layers, "bidirectional": bidirectional, "bias": bias, "output": "last" if last else "sequence"}
        if nonlinearity:
            attributes["nonlinearity"] = nonlinearity
        return case(name, function, [draw(batch, steps, features)], attributes, parameters, reduction=8 * steps * batch * (hidden + features))
    return one


def recurrences():
    for name, kind, gates in (("LSTM", torch.lstm, 4), ("GRU", torch.gru, 3), ("RNN", torch.rnn_tanh, 1)):
        one = recurrent(kind, gates)
        op(name, lambda: [one("sequence", 3, 4, 2, 3), one("last state", 18, 3, 2, 2, last=True),
                          one("two layers, both directions", 2, 3, 3, 2, 2, True), one("both directions, last state", 2, 4, 2, 3, 1, True, last=True),
                          one("no bias", 2, 3, 4, 2, bias=False)]
           + ([recurrent(torch.rnn_relu, 1)("relu", 2, 4, 3, 3, nonlinearity="relu")] if name == "RNN" else []))


def norms():
    def layer(axes):
        return lambda x, p: F.layer_norm(x[0], x[0].shape[-axes:], p.get("weight"), p.get("bias"), 1e-5)

    def rms(x, p):
        return x[0] / torch.sqrt((x[0] ** 2).mean(-1, keepdim=True) + 1e-6) * p["weight"]
    op("LayerNorm", lambda: [case("rows", layer(1), [draw(3, 7, scale=2, shift=1)], {}, {"weight": draw(7), "bias": draw(7)}, reduction=21),
                             case("two axes", layer(2), [draw(2, 3, 4)], {"axes": 2}, {"weight": draw(3, 4), "bias": draw(3, 4)}, reduction=36),
                             case("nothing learned", layer(1), [draw(4, 5)], {"affine": False}, reduction=15)])
    op("RMSNorm", lambda: [case("rows", rms, [draw(3, 7, scale=2, shift=1)], {}, {"weight": draw(7)}, reduction=21),
                           case("sequences", rms, [draw(2, 3, 5)], {}, {"weight": draw(5)}, reduction=20)])


def embedding():
    def look_up(padding=None):
        return lambda x, p: F.embedding(x[0], p["weight"], padding)
    op("Embedding", lambda: [case("sequences", look_up(), [tokens(7, 3, 4)], {"vocabulary": 7, "dimension": 3}, {"weight": draw(7, 3)}, reduction=12),
                             case("padding", look_up(1), [tokens(4, 2, 6)], {"vocabulary": 4, "dimension": 2, "padding": 1}, {"weight": draw(4, 2)}, reduction=12)])


def positions():
    def sines(x, _):
        steps, size = x[0].shape[1:]
        place = torch.arange(size)
        angle = torch.arange(steps)[:, None] / 10000.0 ** ((place // 2 * 2) / size)
        return x[0] + torch.where(place % 2 == 0, torch.sin(angle), torch.cos(angle))
    op("PositionalEncoding", lambda: [case("sequences", sines, [draw(2, 5, 4)]), case("odd size", sines, [draw(1, 3, 5)])])
    op("LearnedPosition", lambda: [case("sequences", lambda x, p: x[0] + p["weight"][:x[0].shape[1]], [draw(3, 4, 2)], {"max_length": 5}, {"weight": draw(5, 2)}, reduction=3)])


def products():
    def product(a=False, b=False):
        return lambda x, _: (x[0].transpose(-1, -2) if a else x[0]) @ (x[1].transpose(-1, -2) if b else x[1])
    op("MatMul", lambda: [case("plain", product(), [draw(2, 3, 4), draw(2, 4, 5)], reduction=5),
                          case("b transposed", product(b=True), [draw(2, 3, 4), draw(2, 5, 4)], {"transpose_b": True}, reduction=5),
                          case("a transposed", product(a=True), [draw(2, 2, 4, 3), draw(2, 2, 4, 2)], {"transpose_a": True}, reduction=4),
                          case("both", product(True, True), [draw(2, 4, 3), draw(2, 5, 4)], {"transpose_a": True, "transpose_b": True}, reduction=5)])


def attention():
    def scores(q, k, causal, mask=None):
        s = q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5
        if causal:
            s = s.masked_fill(torch.triu(torch.ones(s.shape[-2:], dtype=torch.bool), 1), float("-inf"))
        if mask is not None:
            s = s.masked_fill((mask <= 0).reshape(mask.shape[0], *[1] * (s.dim() - 2), mask.shape[1]), float("-inf"))
        return F.softmax(s, -1)

    def dot(causal=False):
        return lambda x, _: scores(x[0], x[1], causal, x[3] if len(x) > 3 else None) @ x[2]

    def seen(batch, keys):
        mask = (draw(batch, keys) > 0).double()
        mask[:, 0] = 1
        return mask
    op("ScaledDotProductAttention", lambda: [
        case("one head", dot(), [draw(2, 3, 4), draw(2, 5, 4), draw(2, 5, 3)], reduction=30),
        case("heads, causal", dot(True), [draw(2, 2, 4, 3), draw(2, 2, 4, 3), draw(2, 2, 4, 3)], {"causal": True}, reduction=30),
        case("mask", dot(), [draw(2, 2, 3, 2), draw(2, 2, 4, 2), draw(2, 2, 4, 2), seen(2, 4)], reduction=30)])

    def multi_head(heads, causal=False, cross=False, masked=False):
        def function(x, p):
            asked = x[1] if cross else x[0]
            mask = x[-1] if masked else None
            hidden = torch.triu(torch.ones(x[0].shape[1], asked.shape[1], dtype=torch.bool), 1) if causal else None
            width = x[0].shape[2]
            y, _ = F.multi_head_attention_forward(
                x[0].transpose(0, 1), asked.transpose(0, 1), asked.transpose(0, 1), width, heads, p["in_proj_weight"], p.get("in_proj_bias"), None, None, False, 0.0,
                p["out_proj_weight"], p.get("out_proj_bias"), True, None if mask is None else mask <= 0, False, hidden)
            return y.transpose(0, 1)
        return function

    def weights(width, bias=True):
        result = {"in_proj_weight": draw(3 * width, width, scale=0.5), "out_proj_weight": draw(width, width, scale=0.5)}
        if bias:
            result.update({"in_proj_bias": draw(3 * width, scale=0.5), "out_proj_bias": draw(width, scale=0.5)})
        return result
    op("MultiHeadAttention", lambda: [
        case("two heads", multi_head(2), [draw(2, 3, 4)], {"heads": 2}, weights(4), reduction=100),
        case("causal, no bias", multi_head(3, True), [draw(2, 4, 6)], {"heads": 3, "causal": True, "bias": False}, weights(6, False), reduction=100),
        case("mask", multi_head(1, masked=True), [draw(2, 4, 3), seen(2, 4)], {"heads": 1}, weights(3), reduction=100)])
    op("CrossAttention", lambda: [
        case("two heads", multi_head(2, cross=True), [draw(2, 3, 4), draw(2, 5, 4)], {"heads": 2}, weights(4), reduction=100),
        case("mask", multi_head(1, cross=True, masked=True), [draw(2, 2, 3), draw(2, 4, 3), seen(2, 4)], {"heads": 1}, weights(3), reduction=100)])


def make():
    attention()
    embedding()
    positions()
    products()
    norms()
    recurrences()
