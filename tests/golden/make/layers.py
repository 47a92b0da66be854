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

    def group_norm(name, x, groups):
        channels = x.shape[1]
        return case(name, lambda inputs, p: F.group_norm(inputs[0], groups, p["weight"], p["bias"]), [x], {"groups": groups}, {"weight": draw(channels), "bias": draw(channels)},
                    reduction=x.numel() // min(x.shape[0] * groups, channels))
    op("GroupNorm", lambda: [group_norm("images", draw(2, 6, 3, 4, scale=2, shift=1), 2), group_norm("each channel", draw(2, 3, 5), 3), group_norm("vectors", draw(3, 8), 1),
                             case("nothing learned", unary(lambda x: F.group_norm(x, 2)), [draw(2, 4, 3)], {"groups": 2, "affine": False}, reduction=6)])


def scales():
    def scale(axis, offset):
        def at(values, x):
            return values if axis is None else values.reshape([-1 if i == axis else 1 for i in range(x.dim())])
        return lambda x, p: x[0] * at(p["weight"], x[0]) + (at(p["bias"], x[0]) if offset else 0)
    op("Scale", lambda: [case("channels", scale(1, True), [draw(2, 3, 2, 5)], {"bias": True}, {"weight": draw(3), "bias": draw(3)}, reduction=20),
                         case("last axis", scale(2, False), [draw(2, 3, 4)], {"axis": -1}, {"weight": draw(4)}, reduction=6),
                         case("one for all", scale(None, True), [draw(3, 7)], {"shared": True, "bias": True}, {"weight": draw(1), "bias": draw(1)}, reduction=21)])
    for name, of in (("SpatialDropout", (2, 3, 2, 5)), ("StochasticDepth", (3, 7)), ("GaussianNoise", (3, 7))):
        op(name, lambda: [case("evaluation", unary(lambda x: x.clone()), [draw(*of)], training=False)])
    # Where there is hardly any variance, no noise is left to differ.
    op("GaussianSample", lambda: [case("evaluation", unary(lambda x: x.clone()), [draw(3, 7), draw(3, 7)], training=False),
                                  case("hardly any variance", lambda x, _: x[0] + 0 * x[1], [draw(3, 7), draw(3, 7, shift=-90)])])


def resizing():
    op("AdaptiveAvgPool2D", lambda: [case("uneven windows", unary(lambda x: F.adaptive_avg_pool2d(x, (2, 3))), [draw(2, 2, 5, 7)], {"output_size": [2, 3]}, reduction=9),
                                     case("larger than the map", unary(lambda x: F.adaptive_avg_pool2d(x, (3, 5))), [draw(1, 2, 2, 3)], {"output_size": [3, 5]}, reduction=9)])
    op("Upsample", lambda: [case("nearest", unary(lambda x: F.interpolate(x, scale_factor=(2, 3))), [draw(2, 2, 3, 2)], {"factor": [2, 3]}, reduction=6),
                            case("bilinear", unary(lambda x: F.interpolate(x, scale_factor=(2, 3), mode="bilinear", align_corners=False)), [draw(2, 2, 4, 3)], {"factor": [2, 3], "mode": "bilinear"},
                                 reduction=24)])


def make():
    dense()
    convolution()
    pooling()
    normalisation()
    scales()
    resizing()
