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
    pair = lambda function: lambda x, _: function(x[0], x[1])
    op("MeanAbsoluteError", lambda: [case("rows", pair(F.l1_loss), [draw(5, 3), draw(5, 3)], reduction=15)])
    op("Huber", lambda: [case("rows", pair(lambda p, t: F.huber_loss(p, t)), [draw(5, 3), draw(5, 3)], reduction=15),
                         case("small delta", pair(lambda p, t: F.huber_loss(p, t, delta=0.25)), [draw(5, 3), draw(5, 3)], {"delta": 0.25}, reduction=15)])

    def answers(*shape):
        return torch.tensor(generator.integers(0, 2, shape)).double()
    op("BinaryCrossEntropy", lambda: [case("rows", pair(F.binary_cross_entropy_with_logits), [draw(5, 3, scale=2), answers(5, 3)], reduction=15),
                                      case("sure of itself", pair(F.binary_cross_entropy_with_logits), [draw(4, 2, scale=100), answers(4, 2)], reduction=8),
                                      case("rare yes", pair(lambda p, t: F.binary_cross_entropy_with_logits(p, t, pos_weight=torch.tensor(3.0))), [draw(5, 3), answers(5, 3)],
                                           {"positive_weight": 3.0}, reduction=15)])
    op("KLDivergence", lambda: [case("probabilities", pair(lambda p, t: F.kl_div(p, t, reduction="batchmean")), [draw(4, 3), draw(4, 3).abs() + 0.125], reduction=12),
                                case("logarithms", pair(lambda p, t: F.kl_div(p, t, reduction="batchmean", log_target=True)), [draw(4, 3), draw(4, 3)], {"log_target": True}, reduction=12)])
    op("NegativeLogLikelihood", lambda: [case("rows", pair(F.nll_loss), [draw(5, 4), labels(4, 5)], reduction=5),
                                         case("one class ignored", pair(lambda p, t: F.nll_loss(p, t, ignore_index=1)), [draw(9, 3), labels(3, 9)], {"ignore_index": 1}, reduction=9)])
    op("Hinge", lambda: [case("rows", pair(F.multi_margin_loss), [draw(5, 4), labels(4, 5)], reduction=20),
                         case("narrow margin", pair(lambda p, t: F.multi_margin_loss(p, t, margin=0.25)), [draw(5, 4), labels(4, 5)], {"margin": 0.25}, reduction=20)])

    def divergence(x, _):
        given, standard = torch.distributions.Normal(x[0], torch.exp(x[1] / 2)), torch.distributions.Normal(0.0, 1.0)
        return torch.distributions.kl_divergence(given, standard).sum() / len(x[0])
    op("GaussianKLDivergence", lambda: [case("codes", divergence, [draw(4, 3), draw(4, 3)], reduction=12),
                                        case("maps, hardly any variance", divergence, [draw(2, 2, 3, 2), draw(2, 2, 3, 2, shift=-12)], reduction=24)])
