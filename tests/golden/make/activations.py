# SPDX-License-Identifier: GPL-3.0-or-later
"""Activations."""
import torch
import torch.nn.functional as F

from make.common import case, draw, off_zero, op, unary


def make():
    op("LogSoftmax", lambda: [case("rows", unary(lambda x: F.log_softmax(x, -1)), [draw(3, 7, scale=2)], reduction=7),
                              case("channels", unary(lambda x: F.log_softmax(x, 1)), [draw(2, 5, 3, 3)], {"axis": 0}, reduction=5),
                              case("large scores", unary(lambda x: F.log_softmax(x, -1)), [draw(2, 21, scale=100)], reduction=21)])
    op("ReLU", lambda: [case("matrix", unary(F.relu), [off_zero(3, 7)]), case("images", unary(F.relu), [off_zero(2, 3, 3, 5)])])
    op("LeakyReLU", lambda: [case("default slope", unary(lambda x: F.leaky_relu(x)), [off_zero(3, 7)]),
       case("slope 0.3", unary(lambda x: F.leaky_relu(x, 0.3)), [off_zero(2, 3, 3, 5)], {"slope": 0.3})])
    op("Tanh", lambda: [case("matrix", unary(torch.tanh), [draw(3, 7, scale=2)]), case("large", unary(torch.tanh), [draw(2, 5, scale=20)])])
    op("Sigmoid", lambda: [case("matrix", unary(torch.sigmoid), [draw(3, 7, scale=2)]), case("large", unary(torch.sigmoid), [draw(2, 5, scale=20)])])

    def gelu_tanh(x):
        return F.gelu(x, approximate="tanh")
    op("GELU", lambda: [case("exact", unary(F.gelu), [draw(3, 7, scale=2)]),
       case("tanh", unary(gelu_tanh), [draw(3, 7, scale=2)], {"approximation": "tanh"})])
    op("Softmax", lambda: [case("rows", unary(lambda x: F.softmax(x, -1)), [draw(3, 7, scale=2)], reduction=7),
       case("channels", unary(lambda x: F.softmax(x, 1)), [draw(2, 5, 3, 3)], {"axis": 0}, reduction=5),
       case("large scores", unary(lambda x: F.softmax(x, -1)), [draw(2, 21, scale=100)], reduction=21)])

    def prelu(axis=1):
        return lambda x, p: torch.where(x[0] > 0, x[0], x[0] * p["weight"].reshape([-1 if i == axis else 1 for i in range(x[0].dim())]))
    op("PReLU", lambda: [case("channels", lambda x, p: F.prelu(x[0], p["weight"]), [off_zero(2, 3, 2, 5)], {}, {"weight": draw(3)}, reduction=20),
                         case("one for all", lambda x, p: F.prelu(x[0], p["weight"]), [off_zero(3, 7)], {"shared": True}, {"weight": draw(1)}, reduction=21),
                         case("last axis", prelu(2), [off_zero(2, 3, 4)], {"axis": -1}, {"weight": draw(4)}, reduction=6)])
    op("ELU", lambda: [case("matrix", unary(F.elu), [off_zero(3, 7)]), case("alpha 0.5", unary(lambda x: F.elu(x, 0.5)), [off_zero(2, 3, 3)], {"alpha": 0.5})])
    op("SELU", lambda: [case("matrix", unary(F.selu), [off_zero(3, 7)])])
    op("SiLU", lambda: [case("matrix", unary(F.silu), [draw(3, 7, scale=2)])])
    op("HardSwish", lambda: [case("matrix", unary(F.hardswish), [draw(4, 7, scale=3, shift=1 / 512)])])
    op("Softplus", lambda: [case("default", unary(F.softplus), [draw(3, 7, scale=12)]),
       case("beta 2, threshold 3", unary(lambda x: F.softplus(x, 2, 3)), [draw(3, 7)], {"beta": 2.0, "threshold": 3.0})])
