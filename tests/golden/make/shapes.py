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


def paddings():
    op("Pad", lambda: [case("images", unary(lambda x: F.pad(x, (2, 1, 1, 0))), [draw(2, 2, 3, 4)], {"before": [1, 2], "after": [0, 1]}),
                       case("value", unary(lambda x: F.pad(x, (1, 2), value=0.5)), [draw(2, 2, 3)], {"before": [1], "after": [2], "value": 0.5}),
                       case("reflect", unary(lambda x: F.pad(x, (1, 3, 2, 1), mode="reflect")), [draw(2, 1, 3, 5)], {"before": [2, 1], "after": [1, 3], "mode": "reflect"}, reduction=6),
                       case("replicate", unary(lambda x: F.pad(x, (3, 2, 2, 1), mode="replicate")), [draw(1, 2, 3, 4)], {"before": [2, 3], "after": [1, 2], "mode": "replicate"}, reduction=12)])
    op("Expand", lambda: [case("last axis", unary(lambda x: x.expand(-1, -1, 4)), [draw(2, 3, 1)], {"sizes": [-1, 4]}, reduction=4),
                          case("a new axis", unary(lambda x: x.unsqueeze(1).expand(-1, 4, -1)), [draw(3, 5)], {"sizes": [4, -1]}, reduction=4)])

    def rows(x, index):
        return torch.gather(x, 1, index.reshape(index.shape + (1,) * (x.dim() - 2)).expand(-1, -1, *x.shape[2:]))
    op("Gather", lambda: [case("rows, some twice", lambda x, _: rows(x[0], x[1]), [draw(2, 3, 4), torch.tensor([[0, 2, 2, 1, 0], [1, 1, 1, 0, 1]])], reduction=4),
                          case("elements", lambda x, _: rows(x[0], x[1]), [draw(2, 5), torch.tensor([[4, 0], [3, 3]])], reduction=2)])


def make():
    shapes()
    paddings()
    op("Split", lambda: [case("channels", lambda x, _: torch.chunk(x[0], 3, 1), [draw(2, 6, 2, 3)], {"parts": 3}),
                         case("last axis", lambda x, _: torch.chunk(x[0], 2, -1), [draw(2, 3, 4)], {"parts": 2, "axis": -1})])
    op("Slice", lambda: [case("middle", unary(lambda x: x[:, 1:4]), [draw(3, 6)], {"start": 1, "end": 4}),
                         case("last step", unary(lambda x: x[:, -1:]), [draw(2, 4, 3)], {"start": -1}),
                         case("every second column", unary(lambda x: x[:, :, ::2]), [draw(2, 3, 5)], {"step": 2, "axis": -1})])
    op("Squeeze", lambda: [case("last axis", unary(lambda x: x.squeeze(-1)), [draw(3, 5, 1)])])
    op("Unsqueeze", lambda: [case("channels", unary(lambda x: x.unsqueeze(1)), [draw(3, 4, 2)]), case("end", unary(lambda x: x.unsqueeze(-1)), [draw(2, 3)], {"axis": -1})])
