# SPDX-License-Identifier: GPL-3.0-or-later
"""Training curves: the losses of fifty steps of five small networks, in double and in float.

A file holds the drawing, how its parameters and batches are filled (by a hash that the test repeats, so that neither
is stored) and PyTorch's losses. "spread" is how far PyTorch's own float losses have strayed from its double ones: what
rounding alone does to this training.
"""
import math

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

from make.common import write

STEPS, BATCHES = 50, 4


def hashed(count, salt):
    """count numbers in [-0.5, 0.5), multiples of 2^-32."""
    x = (np.arange(1, count + 1, dtype=np.uint64) * 2654435761 + salt * 40503) & 0xFFFFFFFF
    for shift, factor in ((15, 2246822519), (13, 3266489917)):
        x = ((x ^ (x >> np.uint64(shift))) * factor) & 0xFFFFFFFF
    x ^= x >> np.uint64(16)
    return x.astype(np.float64) / 2.0**32 - 0.5


class Drawing:
    """A network of ours in JSON, and the PyTorch parameters that its parameters stand for."""

    def __init__(self):
        self.nodes, self.edges, self.parameters, self.tensors = [], [], [], []

    def node(self, name, op, sources=(), ports=None, **attributes):
        self.nodes.append({"id": len(self.nodes) + 1, "name": name, "op": op, "attributes": attributes})
        for i, source in enumerate(sources):
            self.edges.append({"from": source if "." in source else source + ".output", "to": name + "." + (ports[i] if ports else "input")})
        return name

    def parameter(self, name, tensor, fan_in=None, constant=None):
        entry = {"name": name, "shape": list(tensor.shape)}
        if constant is not None:
            entry["constant"] = constant
        else:
            entry["salt"], entry["scale"] = len(self.parameters), 2 / math.sqrt(fan_in)
        self.parameters.append(entry)
        self.tensors.append(tensor)

    def layer(self, name, module, fan_in):
        self.parameter(name + ".weight", module.weight, fan_in)
        if module.bias is not None:
            self.parameter(name + ".bias", module.bias, fan_in)

    def norm(self, name, module):
        self.parameter(name + ".weight", module.weight, constant=1.0)
        self.parameter(name + ".bias", module.bias, constant=0.0)

    def fill(self):
        with torch.no_grad():
            for entry, tensor in zip(self.parameters, self.tensors):
                if "constant" in entry:
                    tensor.fill_(entry["constant"])
                else:
                    values = hashed(tensor.numel(), entry["salt"]) * entry["scale"]
                    tensor.copy_(torch.tensor(values).reshape(tensor.shape))


def real_batch(shape, step, dtype):
    return torch.tensor(2 * hashed(int(np.prod(shape)), 1000 + step % BATCHES)).reshape(shape).to(dtype)


def whole_batch(shape, below, step, base):
    return torch.tensor(np.floor((hashed(int(np.prod(shape)), base + step % BATCHES) + 0.5) * below).astype(np.int64)).reshape(shape)


def curve(name, make, features, labels, classes, optimizer, vocabulary=0):
    """make() gives (module, Drawing); optimizer: (ours, attributes, PyTorch's)."""
    losses = {}
    for dtype in (torch.float64, torch.float32):
        module, drawing = make()
        drawing.fill()
        module.to(dtype)
        trainer = optimizer[2](module.parameters())
        losses[dtype] = []
        for step in range(STEPS):
            x = whole_batch(features, vocabulary, step, 1000) if vocabulary else real_batch(features, step, dtype)
            trainer.zero_grad()
            loss = F.cross_entropy(module(x), whole_batch(labels, classes, step, 2000))
            loss.backward()
            trainer.step()
            losses[dtype].append(loss.item())
    spread = np.maximum.accumulate(np.abs(np.array(losses[torch.float64]) - np.array(losses[torch.float32])))
    write("curves/" + name, {"graph": {"nodes": drawing.nodes, "edges": drawing.edges}, "parameters": drawing.parameters,
                             "optimizer": {"name": optimizer[0], "attributes": optimizer[1]}, "batches": BATCHES,
                             "features": {"shape": list(features), "below": vocabulary}, "labels": {"shape": list(labels), "below": classes},
                             "losses": losses[torch.float64], "spread": spread.tolist()})


def start(drawing, shape, whole=False):
    drawing.node("features", "Input", source="features", values="class" if whole else "real", shape=list(shape))


def finish(drawing, logits, label_shape=(), **attributes):
    drawing.node("labels", "Input", source="labels", values="class", shape=list(label_shape))
    drawing.node("loss", "SoftmaxCrossEntropy", (logits, "labels"), ("logits", "labels"), **attributes)


def mlp():
    drawing, module = Drawing(), nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 10))
    start(drawing, (64,))
    drawing.node("dense1", "Dense", ("features",), units=32)
    drawing.node("relu1", "ReLU", ("dense1",))
    drawing.node("dense2", "Dense", ("relu1",), units=32)
    drawing.node("tanh1", "Tanh", ("dense2",))
    drawing.node("dense3", "Dense", ("tanh1",), units=10)
    finish(drawing, "dense3")
    for name, layer, fan_in in (("dense1", module[0], 64), ("dense2", module[2], 32), ("dense3", module[4], 32)):
        drawing.layer(name, layer, fan_in)
    return module, drawing


def cnn():
    module = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Conv2d(8, 16, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
                           nn.Linear(16 * 4 * 4, 32), nn.ReLU(), nn.Linear(32, 10))
    drawing = Drawing()
    start(drawing, (1, 12, 12))
    drawing.node("conv1", "Conv2D", ("features",), filters=8, kernel=[3, 3])
    drawing.node("relu1", "ReLU", ("conv1",))
    drawing.node("conv2", "Conv2D", ("relu1",), filters=16, kernel=[3, 3])
    drawing.node("relu2", "ReLU", ("conv2",))
    drawing.node("pool1", "MaxPool2D", ("relu2",), kernel=[2, 2], stride=[2, 2])
    drawing.node("flatten1", "Flatten", ("pool1",))
    drawing.node("dense1", "Dense", ("flatten1",), units=32)
    drawing.node("relu3", "ReLU", ("dense1",))
    drawing.node("dense2", "Dense", ("relu3",), units=10)
    finish(drawing, "dense2")
    for name, layer, fan_in in (("conv1", module[0], 9), ("conv2", module[2], 72), ("dense1", module[6], 256), ("dense2", module[8], 32)):
        drawing.layer(name, layer, fan_in)
    return module, drawing


class Residual(nn.Module):
    def __init__(self, i, o, stride):
        super().__init__()
        self.c1, self.b1 = nn.Conv2d(i, o, 3, stride, 1, bias=False), nn.BatchNorm2d(o)
        self.c2, self.b2 = nn.Conv2d(o, o, 3, 1, 1, bias=False), nn.BatchNorm2d(o)
        self.skip = nn.Sequential() if i == o else nn.Sequential(nn.Conv2d(i, o, 1, stride, bias=False), nn.BatchNorm2d(o))

    def forward(self, x):
        return F.relu(self.b2(self.c2(F.relu(self.b1(self.c1(x))))) + self.skip(x))


def resnet20():
    layers, drawing = [nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU()], Drawing()
    start(drawing, (3, 16, 16))
    last = drawing.node("stem", "ConvBNReLU", ("features",), filters=16)
    drawing.layer("stem/conv", layers[0], 27)
    drawing.norm("stem/bn", layers[1])
    i = 16
    for stage, (o, stride) in enumerate(((16, 1), (32, 2), (64, 2)), 1):
        for k in range(3):
            block, name = Residual(i, o, stride if k == 0 else 1), "stage%d_%d" % (stage, k + 1)
            layers.append(block)
            if i == o:
                last = drawing.node(name, "ResidualBlock", (last,), filters=o)
            else:
                last = drawing.node(name, "ResidualDownBlock", (last,), filters=o, stride=stride)
            drawing.layer(name + "/conv1/conv", block.c1, 9 * i)
            drawing.norm(name + "/conv1/bn", block.b1)
            drawing.layer(name + "/conv2", block.c2, 9 * o)
            drawing.norm(name + "/bn2", block.b2)
            if i != o:
                drawing.layer(name + "/shortcut", block.skip[0], i)
                drawing.norm(name + "/bn_shortcut", block.skip[1])
            i = o
    drawing.node("pool", "GlobalAvgPool", (last,))
    drawing.node("dense", "Dense", ("pool",), units=10)
    finish(drawing, "dense")
    layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10)]
    drawing.layer("dense", layers[-1], 64)
    return nn.Sequential(*layers), drawing


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm, self.out = nn.LSTM(8, 16, batch_first=True), nn.Linear(16, 10)

    def forward(self, x):
        return self.out(self.lstm(x)[0][:, -1])


def lstm():
    module, drawing = Recurrent(), Drawing()
    start(drawing, (12, 8))
    drawing.node("lstm", "LSTM", ("features",), hidden=16, output="last")
    drawing.node("dense", "Dense", ("lstm",), units=10)
    finish(drawing, "dense")
    for name in ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"):
        drawing.parameter("lstm." + name, getattr(module.lstm, name), 16)
    drawing.layer("dense", module.out, 16)
    return module, drawing


class Block(nn.Module):
    def __init__(self, d, heads):
        super().__init__()
        self.l1, self.attention = nn.LayerNorm(d), nn.MultiheadAttention(d, heads, batch_first=True)
        self.l2, self.f1, self.f2 = nn.LayerNorm(d), nn.Linear(d, 4 * d), nn.Linear(4 * d, d)

    def forward(self, x):
        y, mask = self.l1(x), torch.triu(torch.ones(x.shape[1], x.shape[1], dtype=torch.bool), 1)
        x = x + self.attention(y, y, y, attn_mask=mask, need_weights=False)[0]
        return x + self.f2(F.gelu(self.f1(self.l2(x))))


class CharGPT(nn.Module):
    def __init__(self, vocabulary, d, layers, heads, length):
        super().__init__()
        self.token, self.position = nn.Embedding(vocabulary, d), nn.Parameter(torch.zeros(length, d))
        self.blocks = nn.Sequential(*[Block(d, heads) for _ in range(layers)])
        self.norm, self.out = nn.LayerNorm(d), nn.Linear(d, vocabulary)

    def forward(self, x):
        return self.out(self.norm(self.blocks(self.token(x) + self.position))).transpose(1, 2)


def chargpt():
    vocabulary, d, length, heads = 20, 32, 16, 4
    module, drawing = CharGPT(vocabulary, d, 2, heads, length), Drawing()
    start(drawing, (length,), whole=True)
    drawing.node("token", "Embedding", ("features",), ("tokens",), vocabulary=vocabulary, dimension=d)
    drawing.parameter("token.weight", module.token.weight, 4)
    last = drawing.node("position", "LearnedPosition", ("token",), max_length=length)
    drawing.parameter("position.weight", module.position, 64)
    for i, block in enumerate(module.blocks, 1):
        name = "block%d" % i
        last = drawing.node(name, "TransformerBlock", (last,), dimension=d, heads=heads, causal=True)
        drawing.norm(name + "/norm1", block.l1)
        attention = block.attention
        for ours, tensor in (("in_proj_weight", attention.in_proj_weight), ("in_proj_bias", attention.in_proj_bias),
                             ("out_proj_weight", attention.out_proj.weight), ("out_proj_bias", attention.out_proj.bias)):
            drawing.parameter(name + "/attention." + ours, tensor, d)
        drawing.norm(name + "/norm2", block.l2)
        drawing.layer(name + "/dense1", block.f1, d)
        drawing.layer(name + "/dense2", block.f2, 4 * d)
    drawing.node("norm", "LayerNorm", (last,))
    drawing.norm("norm", module.norm)
    drawing.node("logits", "Dense", ("norm",), units=vocabulary)
    drawing.layer("logits", module.out, d)
    finish(drawing, "logits", (length,), class_axis="last")
    return module, drawing


def make():
    o = torch.optim
    curve("mlp", mlp, (16, 64), (16,), 10, ("SGD", {"learning_rate": 0.1, "momentum": 0.9}, lambda p: o.SGD(p, 0.1, 0.9)))
    adam = ("Adam", {"learning_rate": 0.001}, o.Adam)
    curve("cnn", cnn, (8, 1, 12, 12), (8,), 10, adam)
    curve("resnet20", resnet20, (8, 3, 16, 16), (8,), 10,
          ("SGD", {"learning_rate": 0.002, "momentum": 0.9, "weight_decay": 0.0001}, lambda p: o.SGD(p, 0.002, 0.9, weight_decay=1e-4)))
    curve("lstm", lstm, (8, 12, 8), (8,), 10, ("Adam", {"learning_rate": 0.01}, lambda p: o.Adam(p, 0.01)))
    curve("chargpt", chargpt, (4, 16), (4, 16), 20, ("AdamW", {"learning_rate": 0.001, "weight_decay": 0.01}, o.AdamW), vocabulary=20)
