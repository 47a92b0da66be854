# SPDX-License-Identifier: GPL-3.0-or-later
"""Arithmetic on one and two inputs."""
import torch

from make.common import case, distinct, draw, off_zero, op, unary


def pairs(function, values):
    """Equal shapes, one number a channel, a row, and both repeating."""
    def both(x, _):
        return function(x[0], x[1])
    return [case("equal", both, [values(3, 5), values(3, 5)]),
            case("channels", both, [values(2, 3, 2, 3), values(2, 3, 1, 1)], reduction=6),
            case("both repeat", both, [values(2, 1, 4), values(2, 3, 1)], reduction=4),
            case("fewer axes", lambda x, _: function(x[0], x[1].unsqueeze(1)), [values(2, 3, 5), values(2, 5)], reduction=3)]


def positive(*shape):
    return draw(*shape).abs() + 0.25


def two():
    op("Sub", lambda: pairs(torch.sub, draw))
    op("Mul", lambda: pairs(torch.mul, draw))
    op("Div", lambda: pairs(torch.div, lambda *shape: positive(*shape) + 0.75))
    op("Max", lambda: pairs(torch.maximum, draw) + [case("ties", lambda x, _: torch.maximum(x[0], x[1]), [torch.ones(2, 3), torch.ones(2, 3)])])
    op("Min", lambda: pairs(torch.minimum, draw) + [case("ties", lambda x, _: torch.minimum(x[0], x[1]), [torch.ones(2, 3), torch.ones(2, 3)])])
    op("Pow", lambda: pairs(torch.pow, positive) + [case("square", unary(lambda x: x ** 2), [draw(3, 7)]),
       case("cube", unary(lambda x: x ** 3), [draw(3, 7)], {"exponent": 3.0}),
       case("zero base", lambda x, _: torch.pow(x[0], x[1]), [torch.zeros(1, 3), torch.tensor([[2.0, 1.0, 3.0]])])])


def one():
    op("Exp", lambda: [case("matrix", unary(torch.exp), [draw(3, 7)])])
    op("Log", lambda: [case("matrix", unary(torch.log), [positive(3, 7)])])
    op("Sqrt", lambda: [case("matrix", unary(torch.sqrt), [positive(3, 7)])])
    op("Abs", lambda: [case("matrix", unary(torch.abs), [off_zero(3, 7)]), case("zeros", unary(torch.abs), [torch.zeros(2, 3)])])
    op("Neg", lambda: [case("matrix", unary(torch.neg), [draw(3, 7)])])
    op("Clip", lambda: [case("default", unary(lambda x: torch.clamp(x, 0, 1)), [distinct(5, 7) * 16]),
       case("both signs", unary(lambda x: torch.clamp(x, -0.5, 0.75)), [draw(3, 7)], {"min": -0.5, "max": 0.75})])


def make():
    two()
    one()
