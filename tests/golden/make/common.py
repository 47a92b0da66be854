# SPDX-License-Identifier: GPL-3.0-or-later
"""What the golden cases share: how inputs are drawn, how a case is run through PyTorch and written.

A case of an op: its attributes, inputs, parameters (by name), the gradients of its outputs, and what came of them. "reduction" is
the longest sum behind any of the numbers, from which the tests' tolerance in float follows.
"""
import json
import os
import zlib

import numpy as np
import torch

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
DATA = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "data")
generator = np.random.Generator(np.random.PCG64(0))


def start(name):
    """Every golden file has a sequence of its own, so that a new one leaves the others as they are."""
    generator.bit_generator.state = np.random.PCG64(zlib.crc32(name.encode())).state


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
    """function(inputs, parameters) gives the output, or a tuple of outputs; integer inputs are labels and get no gradient. `running`
    are statistics that function changes in place while training."""
    parameters = parameters or {}
    running = running or {}
    before = {key: packed(value) for key, value in running.items()}
    for value in list(inputs) + list(parameters.values()):
        if value.is_floating_point():
            value.requires_grad_(True)
    outputs = function(inputs, parameters)
    outputs = list(outputs) if isinstance(outputs, (tuple, list)) else [outputs]
    gradients = [torch.ones(()) if output.dim() == 0 else draw(*output.shape) for output in outputs]
    if training:
        torch.autograd.backward(outputs, gradients)
    result = {"name": name, "attributes": attributes or {}, "training": training, "reduction": reduction,
              "inputs": [packed(value) for value in inputs],
              "parameters": {**{key: packed(value) for key, value in parameters.items()}, **before},
              "gradOutputs": [packed(gradient) for gradient in gradients], "outputs": [packed(output) for output in outputs]}
    if training:
        result["gradInputs"] = [packed(value.grad) if value.grad is not None else None for value in inputs]
        result["gradParameters"] = {key: packed(value.grad) for key, value in parameters.items()}
        result["running"] = {key: packed(value) for key, value in running.items()}
    return result


def write(name, content):
    path = os.path.join(DATA, name + ".json")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        json.dump({"made_with": "PyTorch " + torch.__version__ + ", numpy " + np.__version__, **content}, file, separators=(",", ":"))
        file.write("\n")


def op(name, cases):
    """cases: a function that gives the list of cases."""
    start(name)
    write("ops/" + name, {"op": name, "cases": list(cases())})


def unary(function):
    return lambda inputs, parameters: function(inputs[0])
