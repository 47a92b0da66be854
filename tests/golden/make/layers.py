# SPDX-License-Identifier: GPL-3.0-or-later
"""Dense, convolution, pooling and normalisation layers."""
import torch.nn.functional as F

from make.common import case, distinct, draw, op, unary


def dense():
    def forward(x, p):
        return F.linear(x[0], p["weight"], p.get("bias"))
    op("Dense", lambda: [case("with bias", forward, [draw(3, 7)], {"units": 5}, {"weight": draw(5, 7, scale=0.5), "bias": draw(5)}, reduction=7),
       case("without bias", forward, [draw(1, 9)], {"units": 4, "bias": False}, {"weight": draw(4, 9, scale=0.5)}, reduction=9)])


def convolution():
    def forward(stride=1, padding=0, dilation=1, groups=1):
        return lambda x, p: F.conv2d(x[0], p["weight"], p.get("bias"), stride, padding, dilation, groups)
    op("Conv2D", lambda: [case("plain", forward(), [draw(2, 3, 5, 6)], {"filters": 4, "kernel": [3, 3]},
            {"weight": draw(4, 3, 3, 3, scale=0.5), "bias": draw(4)}, reduction=27),
       case("stride and padding", forward((2, 1), (1, 2)), [draw(1, 2, 7, 5)],
            {"filters": 3, "kernel": [3, 2], "stride": [2, 1], "padding": [1, 2]},
            {"weight": draw(3, 2, 3, 2, scale=0.5), "bias": draw(3)}, reduction=32),
       case("dilation, no bias", forward(1, 1, 2), [draw(2, 2, 7, 7)],
            {"filters": 2, "kernel": [3, 3], "padding": [1, 1], "dilation": [2, 2], "bias": False},
            {"weight": draw(2, 2, 3, 3, scale=0.5)}, reduction=50),
       case("two groups", forward(2, 1, 1, 2), [draw(2, 4, 5, 6)], {"filters": 6, "kernel": [3, 3], "stride": [2, 2], "padding": [1, 1], "groups": 2},
            {"weight": draw(6, 2, 3, 3), "bias": draw(6)}, reduction=40),
       case("depthwise", forward(1, 1, 1, 3), [draw(2, 3, 4, 5)], {"filters": 3, "kernel": [3, 3], "padding": [1, 1], "groups": 3},
            {"weight": draw(3, 1, 3, 3), "bias": draw(3)}, reduction=40)])


def pooling():
    op("MaxPool2D", lambda: [case("2x2", unary(lambda x: F.max_pool2d(x, 2, 2)), [distinct(2, 3, 4, 6)], {"kernel": [2, 2], "stride": [2, 2]}),
       case("overlapping, padded", unary(lambda x: F.max_pool2d(x, 3, 2, 1)), [distinct(1, 2, 7, 5)],
            {"kernel": [3, 3], "stride": [2, 2], "padding": [1, 1]}, reduction=4)])
    op("AvgPool2D", lambda: [case("2x2", unary(lambda x: F.avg_pool2d(x, 2, 2)), [draw(2, 3, 4, 6)], {"kernel": [2, 2], "stride": [2, 2]}, reduction=4),
       case("overlapping", unary(lambda x: F.avg_pool2d(x, 3, 2)), [draw(1, 2, 7, 5)], {"kernel": [3, 3], "stride": [2, 2]}, reduction=9),
       case("padded", unary(lambda x: F.avg_pool2d(x, (3, 2), 2, 1)), [draw(1, 2, 5, 6)],
            {"kernel": [3, 2], "stride": [2, 2], "padding": [1, 1]}, reduction=6),
       case("padding not counted", unary(lambda x: F.avg_pool2d(x, 3, 2, 1, count_include_pad=False)), [draw(1, 2, 5, 6)],
            {"kernel": [3, 3], "stride": [2, 2], "padding": [1, 1], "count_include_pad": False}, reduction=9)])


def normalisation():
    def batch_norm(name, x, training):
        channels = x.shape[1]
        running = {"running_mean": draw(channels), "running_var": draw(channels).abs() + 0.5}
        return case(name, lambda inputs, p: F.batch_norm(inputs[0], running["running_mean"], running["running_var"], p["weight"], p["bias"], training, 0.1, 1e-5),
                    [x], {"momentum": 0.1, "epsilon": 1e-5}, {"weight": draw(channels), "bias": draw(channels)}, running,
                    reduction=x.numel() // channels, training=training)
    op("BatchNorm", lambda: [batch_norm("images", draw(3, 4, 3, 3, scale=2, shift=1), True), batch_norm("rows", draw(7, 5), True),
       batch_norm("evaluation", draw(2, 3, 3, 3), False)])


def make():
    dense()
    convolution()
    pooling()
    normalisation()
