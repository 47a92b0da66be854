# SPDX-License-Identifier: GPL-3.0-or-later
"""Ops that rearrange, merge or thin out values."""
import torch
import torch.nn.functional as F

from make.common import case, draw, op, unary


def shapes():
    op("Flatten", lambda: [case("images", unary(lambda x: torch.flatten(x, 1)), [draw(2, 3, 2, 5)])])
    op("Reshape", lambda: [case("open size", unary(lambda x: x.reshape(2, 3, -1)), [draw(2, 6, 5)], {"shape": [3, -1]})])
    op("Dropout", lambda: [case("evaluation", unary(lambda x: F.dropout(x, 0.4, training=False)), [draw(3, 7)], {"rate": 0.4}, training=False)])
    op("Add", lambda: [case("two", lambda x, _: x[0] + x[1], [draw(3, 5), draw(3, 5)], reduction=2),
       case("three", lambda x, _: x[0] + x[1] + x[2], [draw(2, 3, 3), draw(2, 3, 3), draw(2, 3, 3)], reduction=3)])
    op("Concat", lambda: [case("channels", lambda x, _: torch.cat(x, 1), [draw(2, 1, 3, 3), draw(2, 3, 3, 3)]),
       case("last axis", lambda x, _: torch.cat(x, -1), [draw(2, 3, 1), draw(2, 3, 4), draw(2, 3, 2)], {"axis": -1})])

    op("Permute", lambda: [case("two axes", unary(lambda x: x.permute(0, 2, 1)), [draw(2, 3, 5)]),
       case("channels last", unary(lambda x: x.permute(0, 2, 3, 1)), [draw(2, 3, 2, 5)], {"order": [1, 2, 0]}),
       case("heads", unary(lambda x: x.permute(0, 2, 1, 3)), [draw(2, 3, 2, 5)], {"order": [1, 0, 2]})])


def make():
    shapes()
    op("Split", lambda: [case("channels", lambda x, _: torch.chunk(x[0], 3, 1), [draw(2, 6, 2, 3)], {"parts": 3}),
                         case("last axis", lambda x, _: torch.chunk(x[0], 2, -1), [draw(2, 3, 4)], {"parts": 2, "axis": -1})])
    op("Slice", lambda: [case("middle", unary(lambda x: x[:, 1:4]), [draw(3, 6)], {"start": 1, "end": 4}),
                         case("last step", unary(lambda x: x[:, -1:]), [draw(2, 4, 3)], {"start": -1}),
                         case("every second column", unary(lambda x: x[:, :, ::2]), [draw(2, 3, 5)], {"step": 2, "axis": -1})])
    op("Squeeze", lambda: [case("last axis", unary(lambda x: x.squeeze(-1)), [draw(3, 5, 1)])])
    op("Unsqueeze", lambda: [case("channels", unary(lambda x: x.unsqueeze(1)), [draw(3, 4, 2)]), case("end", unary(lambda x: x.unsqueeze(-1)), [draw(2, 3)], {"axis": -1})])
