# SPDX-License-Identifier: GPL-3.0-or-later
"""Losses."""
import torch
import torch.nn.functional as F

from make.common import case, draw, generator, op


def make():
    def labels(classes, *shape):
        return torch.tensor(generator.integers(0, classes, shape))

    def cross_entropy(x, _):
        return F.cross_entropy(x[0], x[1])

    op("SoftmaxCrossEntropy", lambda: [case("rows", cross_entropy, [draw(5, 7, scale=2), labels(7, 5)], reduction=7),
       case("labelled pixels", cross_entropy, [draw(2, 3, 3, 4), labels(3, 2, 3, 4)], reduction=24),
       case("sure of itself", cross_entropy, [draw(4, 3, scale=200), labels(3, 4)], reduction=4),
       case("smoothed", lambda x, _: F.cross_entropy(x[0], x[1], label_smoothing=0.1), [draw(5, 4), labels(4, 5)], {"label_smoothing": 0.1}, reduction=20),
       case("weighed and smoothed", lambda x, _: F.cross_entropy(x[0], x[1], torch.tensor([1, 0.5, 2]), label_smoothing=0.2), [draw(3, 3, 4), labels(3, 3, 4)],
            {"label_smoothing": 0.2, "class_weights": [1.0, 0.5, 2.0]}, reduction=36),
       case("weighed, one class ignored", lambda x, _: F.cross_entropy(x[0], x[1], torch.tensor([1, 0.5, 2]), ignore_index=1), [draw(9, 3), labels(3, 9)],
            {"class_weights": [1.0, 0.5, 2.0], "ignore_index": 1}, reduction=27),
       case("classes last", lambda x, _: F.cross_entropy(x[0].transpose(1, 2), x[1]), [draw(2, 5, 3), labels(3, 2, 5)], {"class_axis": "last"}, reduction=30)])
    op("MeanSquaredError", lambda: [case("rows", lambda x, _: F.mse_loss(x[0], x[1]), [draw(5, 3), draw(5, 3)], reduction=15),
       case("images", lambda x, _: F.mse_loss(x[0], x[1]), [draw(2, 2, 3, 4), draw(2, 2, 3, 4)], reduction=48)])
