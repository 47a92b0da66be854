# SPDX-License-Identifier: GPL-3.0-or-later
"""Grouped convolutions, other convolutions and pooling over whole maps."""
import torch.nn.functional as F

from make.common import case, distinct, draw, op, unary


def convolutions():
    def conv1d(stride=1, padding=0, dilation=1, groups=1):
        return lambda x, p: F.conv1d(x[0], p["weight"], p.get("bias"), stride, padding, dilation, groups)

    def transposed(stride=1, padding=0, output_padding=0, groups=1, dilation=1):
        return lambda x, p: F.conv_transpose2d(x[0], p["weight"], p.get("bias"), stride, padding, output_padding, groups, dilation)
    op("Conv1D", lambda: [
        case("plain", conv1d(), [draw(2, 3, 9)], {"filters": 4, "kernel": 3}, {"weight": draw(4, 3, 3), "bias": draw(4)}, reduction=20),
        case("stride, padding, dilation", conv1d(2, 2, 2), [draw(2, 2, 11)], {"filters": 3, "kernel": 3, "stride": 2, "padding": 2, "dilation": 2},
             {"weight": draw(3, 2, 3), "bias": draw(3)}, reduction=20),
        case("groups, no bias", conv1d(groups=2), [draw(1, 4, 6)], {"filters": 2, "kernel": 2, "groups": 2, "bias": False}, {"weight": draw(2, 2, 2)}, reduction=10)])
    op("ConvTranspose2D", lambda: [
        case("plain", transposed(), [draw(2, 3, 4, 5)], {"filters": 2, "kernel": [3, 3]}, {"weight": draw(3, 2, 3, 3), "bias": draw(2)}, reduction=80),
        case("doubles the size", transposed(2, 1, 1), [draw(2, 2, 3, 4)], {"filters": 3, "kernel": [3, 3], "stride": [2, 2], "padding": [1, 1], "output_padding": [1, 1]},
             {"weight": draw(2, 3, 3, 3), "bias": draw(3)}, reduction=100),
        case("groups, dilation, no bias", transposed((1, 2), 0, 0, 2, 2), [draw(1, 4, 3, 3)],
             {"filters": 2, "kernel": [2, 2], "stride": [1, 2], "dilation": [2, 2], "groups": 2, "bias": False}, {"weight": draw(4, 1, 2, 2)}, reduction=40)])

def make():
    convolutions()
    op("GlobalAvgPool", lambda: [case("images", unary(lambda x: x.mean((2, 3))), [draw(2, 3, 4, 5)], reduction=20),
                                 case("sequences", unary(lambda x: x.mean(2)), [draw(2, 3, 7)], reduction=7)])
    op("GlobalMaxPool", lambda: [case("images", unary(lambda x: F.adaptive_max_pool2d(x, 1).flatten(1)), [distinct(2, 3, 4, 5)])])
