#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes tests/golden/data/: what PyTorch computes, in double, for every op, loss and optimizer.

usage: /usr/bin/python3 tests/golden/make_golden.py
Made with Debian 12's python3-torch 1.13.0 and numpy 1.24.2 (each file names the version that made it). The numbers do not
depend on PyTorch's random generator: inputs come from numpy's PCG64 under a fixed seed and are multiples of 1/256, so that
float holds them exactly. Dropout appears in evaluation only: PyTorch draws its masks from another generator.

A case of an op: its attributes, inputs, parameters (by name), the gradient of its output, and what came of them. "reduction" is
the longest sum behind any of the numbers, from which the tests' tolerance in float follows.
"""
import json
import os

import numpy as np
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data")
generator = np.random.Generator(np.random.PCG64(20240607))


def draw(*shape, scale=1.0, shift=0.0):
    values = generator.standard_normal(shape) * scale + shift
    return torch.tensor(np.round(values * 256) / 256)


def distinct(*shape):
    """A shuffled ramp: no two values equal, for maxima."""
    count = int(np.prod(shape))
    return torch.tensor((generator.permutation(count).reshape(shape) - count // 2) / 256.0)


def off_zero(*shape):
    values = draw(*shape)
    return torch.where(values.abs() < 0.05, values + 0.125, values)


def packed(tensor):
    return {"shape": list(tensor.shape), "values": tensor.detach().reshape(-1).tolist()}


def case(name, function, inputs, attributes=None, parameters=None, running=None, reduction=1, training=True):
    """function(inputs, parameters) gives the output; integer inputs are labels and get no gradient. `running`
    are statistics that function changes in place while training."""
    parameters = parameters or {}
    running = running or {}
    before = {key: packed(value) for key, value in running.items()}
    for value in list(inputs) + list(parameters.values()):
        if value.is_floating_point():
            value.requires_grad_(True)
    output = function(inputs, parameters)
    gradient = torch.ones(()) if output.dim() == 0 else draw(*output.shape)
    if training:
        output.backward(gradient)
    result = {"name": name, "attributes": attributes or {}, "training": training, "reduction": reduction,
              "inputs": [packed(value) for value in inputs],
              "parameters": {**{key: packed(value) for key, value in parameters.items()}, **before},
              "gradOutput": packed(gradient), "output": packed(output)}
    if training:
        result["gradInputs"] = [packed(value.grad) if value.is_floating_point() else None for value in inputs]
        result["gradParameters"] = {key: packed(value.grad) for key, value in parameters.items()}
        result["running"] = {key: packed(value) for key, value in running.items()}
    return result


def write(name, content):
    path = os.path.join(DATA, name + ".json")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        json.dump({"made_with": "PyTorch " + torch.__version__ + ", numpy " + np.__version__, **content}, file, separators=(",", ":"))
        file.write("\n")


def op(name, *cases):
    write("ops/" + name, {"op": name, "cases": list(cases)})


def unary(function):
    return lambda inputs, parameters: function(inputs[0])


def activations():
    op("ReLU", case("matrix", unary(F.relu), [off_zero(3, 7)]), case("images", unary(F.relu), [off_zero(2, 3, 3, 5)]))
    op("LeakyReLU", case("default slope", unary(lambda x: F.leaky_relu(x)), [off_zero(3, 7)]),
       case("slope 0.3", unary(lambda x: F.leaky_relu(x, 0.3)), [off_zero(2, 3, 3, 5)], {"slope": 0.3}))
    op("Tanh", case("matrix", unary(torch.tanh), [draw(3, 7, scale=2)]), case("large", unary(torch.tanh), [draw(2, 5, scale=20)]))
    op("Sigmoid", case("matrix", unary(torch.sigmoid), [draw(3, 7, scale=2)]), case("large", unary(torch.sigmoid), [draw(2, 5, scale=20)]))

    def gelu_tanh(x):
        return F.gelu(x, approximate="tanh")
    op("GELU", case("exact", unary(F.gelu), [draw(3, 7, scale=2)]),
       case("tanh", unary(gelu_tanh), [draw(3, 7, scale=2)], {"approximation": "tanh"}))
    op("Softmax", case("rows", unary(lambda x: F.softmax(x, -1)), [draw(3, 7, scale=2)], reduction=7),
       case("channels", unary(lambda x: F.softmax(x, 1)), [draw(2, 5, 3, 3)], {"axis": 0}, reduction=5),
       case("large scores", unary(lambda x: F.softmax(x, -1)), [draw(2, 21, scale=100)], reduction=21))


def shapes_and_merges():
    op("Flatten", case("images", unary(lambda x: torch.flatten(x, 1)), [draw(2, 3, 2, 5)]))
    op("Reshape", case("open size", unary(lambda x: x.reshape(2, 3, -1)), [draw(2, 6, 5)], {"shape": [3, -1]}))
    op("Dropout", case("evaluation", unary(lambda x: F.dropout(x, 0.4, training=False)), [draw(3, 7)], {"rate": 0.4}, training=False))
    op("Add", case("two", lambda x, _: x[0] + x[1], [draw(3, 5), draw(3, 5)], reduction=2),
       case("three", lambda x, _: x[0] + x[1] + x[2], [draw(2, 3, 3), draw(2, 3, 3), draw(2, 3, 3)], reduction=3))
    op("Concat", case("channels", lambda x, _: torch.cat(x, 1), [draw(2, 1, 3, 3), draw(2, 3, 3, 3)]),
       case("last axis", lambda x, _: torch.cat(x, -1), [draw(2, 3, 1), draw(2, 3, 4), draw(2, 3, 2)], {"axis": -1}))


def losses():
    def labels(classes, *shape):
        return torch.tensor(generator.integers(0, classes, shape))

    def cross_entropy(x, _):
        return F.cross_entropy(x[0], x[1])

    op("SoftmaxCrossEntropy", case("rows", cross_entropy, [draw(5, 7, scale=2), labels(7, 5)], reduction=7),
       case("labelled pixels", cross_entropy, [draw(2, 3, 3, 4), labels(3, 2, 3, 4)], reduction=24),
       case("sure of itself", cross_entropy, [draw(4, 3, scale=200), labels(3, 4)], reduction=4))
    op("MeanSquaredError", case("rows", lambda x, _: F.mse_loss(x[0], x[1]), [draw(5, 3), draw(5, 3)], reduction=15),
       case("images", lambda x, _: F.mse_loss(x[0], x[1]), [draw(2, 2, 3, 4), draw(2, 2, 3, 4)], reduction=48))


def dense():
    def forward(x, p):
        return F.linear(x[0], p["weight"], p.get("bias"))
    op("Dense", case("with bias", forward, [draw(3, 7)], {"units": 5}, {"weight": draw(5, 7, scale=0.5), "bias": draw(5)}, reduction=7),
       case("without bias", forward, [draw(1, 9)], {"units": 4, "bias": False}, {"weight": draw(4, 9, scale=0.5)}, reduction=9))


def convolution():
    def forward(stride=1, padding=0, dilation=1):
        return lambda x, p: F.conv2d(x[0], p["weight"], p.get("bias"), stride, padding, dilation)
    op("Conv2D",
       case("plain", forward(), [draw(2, 3, 5, 6)], {"filters": 4, "kernel": [3, 3]},
            {"weight": draw(4, 3, 3, 3, scale=0.5), "bias": draw(4)}, reduction=27),
       case("stride and padding", forward((2, 1), (1, 2)), [draw(1, 2, 7, 5)],
            {"filters": 3, "kernel": [3, 2], "stride": [2, 1], "padding": [1, 2]},
            {"weight": draw(3, 2, 3, 2, scale=0.5), "bias": draw(3)}, reduction=32),
       case("dilation, no bias", forward(1, 1, 2), [draw(2, 2, 7, 7)],
            {"filters": 2, "kernel": [3, 3], "padding": [1, 1], "dilation": [2, 2], "bias": False},
            {"weight": draw(2, 2, 3, 3, scale=0.5)}, reduction=50))


def pooling():
    op("MaxPool2D",
       case("2x2", unary(lambda x: F.max_pool2d(x, 2, 2)), [distinct(2, 3, 4, 6)], {"kernel": [2, 2], "stride": [2, 2]}),
       case("overlapping, padded", unary(lambda x: F.max_pool2d(x, 3, 2, 1)), [distinct(1, 2, 7, 5)],
            {"kernel": [3, 3], "stride": [2, 2], "padding": [1, 1]}, reduction=4))
    op("AvgPool2D",
       case("2x2", unary(lambda x: F.avg_pool2d(x, 2, 2)), [draw(2, 3, 4, 6)], {"kernel": [2, 2], "stride": [2, 2]}, reduction=4),
       case("overlapping", unary(lambda x: F.avg_pool2d(x, 3, 2)), [draw(1, 2, 7, 5)], {"kernel": [3, 3], "stride": [2, 2]}, reduction=9),
       case("padded", unary(lambda x: F.avg_pool2d(x, (3, 2), 2, 1)), [draw(1, 2, 5, 6)],
            {"kernel": [3, 2], "stride": [2, 2], "padding": [1, 1]}, reduction=6),
       case("padding not counted", unary(lambda x: F.avg_pool2d(x, 3, 2, 1, count_include_pad=False)), [draw(1, 2, 5, 6)],
            {"kernel": [3, 3], "stride": [2, 2], "padding": [1, 1], "count_include_pad": False}, reduction=9))


def normalisation():
    def batch_norm(name, x, training):
        channels = x.shape[1]
        running = {"running_mean": draw(channels), "running_var": draw(channels).abs() + 0.5}
        return case(name, lambda inputs, p: F.batch_norm(inputs[0], running["running_mean"], running["running_var"], p["weight"], p["bias"], training, 0.1, 1e-5),
                    [x], {"momentum": 0.1, "epsilon": 1e-5}, {"weight": draw(channels), "bias": draw(channels)}, running,
                    reduction=x.numel() // channels, training=training)
    op("BatchNorm", batch_norm("images", draw(3, 4, 3, 3, scale=2, shift=1), True), batch_norm("rows", draw(7, 5), True),
       batch_norm("evaluation", draw(2, 3, 3, 3), False))


def optimizers():
    cases = []

    def add(name, make, attributes, slots):
        start = draw(7)
        gradients = [draw(7) for _ in range(10)]
        parameter = start.clone().requires_grad_(True)
        optimizer = make([parameter])
        steps = []
        for gradient in gradients:
            parameter.grad = gradient.clone()
            optimizer.step()
            steps.append(parameter.detach().tolist())
        state = optimizer.state[parameter]
        cases.append({"optimizer": name, "attributes": attributes, "start": start.tolist(), "gradients": [g.tolist() for g in gradients],
                      "parameters": steps, "slots": {ours: state[theirs].tolist() for ours, theirs in slots.items()}})

    o = torch.optim
    add("SGD", lambda p: o.SGD(p, lr=0.1), {"learning_rate": 0.1}, {})
    add("SGD", lambda p: o.SGD(p, lr=0.1, weight_decay=0.05), {"learning_rate": 0.1, "weight_decay": 0.05}, {})
    momentum = {"momentum": "momentum_buffer"}
    add("SGD", lambda p: o.SGD(p, lr=0.05, momentum=0.9), {"learning_rate": 0.05, "momentum": 0.9}, momentum)
    add("SGD", lambda p: o.SGD(p, lr=0.05, momentum=0.8, nesterov=True, weight_decay=0.01),
        {"learning_rate": 0.05, "momentum": 0.8, "nesterov": True, "weight_decay": 0.01}, momentum)
    moments = {"adam_m": "exp_avg", "adam_v": "exp_avg_sq"}
    add("Adam", lambda p: o.Adam(p), {}, moments)
    add("Adam", lambda p: o.Adam(p, lr=0.02, betas=(0.8, 0.95), eps=1e-4, weight_decay=0.1),
        {"learning_rate": 0.02, "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-4, "weight_decay": 0.1}, moments)
    add("AdamW", lambda p: o.AdamW(p), {}, moments)
    add("AdamW", lambda p: o.AdamW(p, lr=0.02, betas=(0.85, 0.99), weight_decay=0.2),
        {"learning_rate": 0.02, "beta1": 0.85, "beta2": 0.99, "weight_decay": 0.2}, moments)
    write("optimizers", {"cases": cases})


if __name__ == "__main__":
    for part in (activations, shapes_and_merges, losses, dense, convolution, pooling, normalisation, optimizers):
        part()
