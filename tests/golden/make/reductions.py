# SPDX-License-Identifier: GPL-3.0-or-later
"""Reductions over axes."""
import torch

from make.common import case, distinct, draw, off_zero, op, unary


def over(function, values):
    def at(axes, keep=False):
        return unary(lambda x: function(x, axes, keep))
    return [case("all", at((1, 2)), [values(2, 3, 5)], reduction=15), case("last", at((2,)), [values(2, 3, 19)], {"axes": [-1]}, reduction=19),
            case("channels kept", at((1,), True), [values(2, 3, 2, 3)], {"axes": [0], "keep_dims": True}, reduction=3),
            case("apart", at((1, 3)), [values(2, 3, 2, 5)], {"axes": [0, 2]}, reduction=15)]


def make():
    op("ReduceSum", lambda: over(torch.sum, draw))
    op("ReduceMean", lambda: over(torch.mean, draw))
    op("ReduceNorm", lambda: over(lambda x, axes, keep: torch.linalg.vector_norm(x, 2, axes, keep), off_zero) + [case("magnitudes", unary(lambda x: x.abs().sum((1, 2))), [off_zero(2, 3, 5)], {"norm": "l1"}, reduction=15),
                              case("nothing", unary(lambda x: torch.linalg.vector_norm(x, 2, (1,))), [torch.zeros(2, 3)], reduction=3)])
    op("ReduceMax", lambda: over(torch.amax, distinct) + [case("ties", unary(lambda x: torch.amax(x, 1)), [torch.ones(2, 5)])])
    op("ReduceMin", lambda: over(torch.amin, distinct) + [case("ties", unary(lambda x: torch.amin(x, 1)), [torch.ones(2, 5)])])
