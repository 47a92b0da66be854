# SPDX-License-Identifier: GPL-3.0-or-later
"""Metrics by their definitions, in NumPy, pair by pair and class by class."""
import numpy as np

from make.common import generator, start, write


def ranks(scores, truth):
    """ROC area as the share of pairs in the right order; average precision by its steps."""
    positive, negative = scores[truth], scores[~truth]
    pairs = (positive[:, None] > negative).sum() + 0.5 * (positive[:, None] == negative).sum()
    precision = [(truth[scores >= t].mean(), (scores[truth] == t).sum()) for t in np.unique(positive)]
    return pairs / (len(positive) * len(negative)), sum(p * n for p, n in precision) / len(positive)


def classes(name, samples, count, ties=False):
    scores = np.round(generator.standard_normal((samples, count)) * (1 if ties else 64)) / (1 if ties else 64)
    labels = generator.integers(0, count, samples)
    said = scores.argmax(1)
    probabilities = (np.exp(scores - scores.max(1, keepdims=True)) / np.exp(scores - scores.max(1, keepdims=True)).sum(1, keepdims=True)).astype(np.float32)
    wanted = range(1, 2) if count == 2 else range(count)
    precision = [np.mean(labels[said == c] == c) if (said == c).any() else 0.0 for c in wanted]
    recall = [np.mean(said[labels == c] == c) if (labels == c).any() else 0.0 for c in wanted]
    f1 = [2 * p * r / (p + r) if p + r > 0 else 0.0 for p, r in zip(precision, recall)]
    areas = [ranks(probabilities[:, c], labels == c) for c in wanted]
    result = {"accuracy": np.mean(said == labels), "precision": np.mean(precision), "recall": np.mean(recall), "f1": np.mean(f1),
              "roc_auc": np.mean([a for a, _ in areas]), "pr_auc": np.mean([p for _, p in areas])}
    if count > 5:
        result["top5_accuracy"] = np.mean([(scores[i] > scores[i, labels[i]]).sum() < 5 for i in range(samples)])
    confusion = np.zeros((count, count), int)
    np.add.at(confusion, (labels, said), 1)
    return {"name": name, "shape": [samples, count], "scores": scores.reshape(-1).tolist(), "labels": labels.tolist(),
            "metrics": {key: float(value) for key, value in result.items()}, "confusion": confusion.reshape(-1).tolist()}


def targets():
    t = np.round(generator.standard_normal(40) * 64) / 64
    p = t + np.round(generator.standard_normal(40) * 16) / 64
    return {"predictions": p.tolist(), "targets": t.tolist(),
            "metrics": {"r2": 1 - ((p - t) ** 2).sum() / ((t - t.mean()) ** 2).sum(), "mean_absolute_error": np.abs(p - t).mean(),
                        "root_mean_squared_error": float(np.sqrt(((p - t) ** 2).mean()))}}


def make():
    start("metrics")
    write("metrics", {"classes": [classes("two", 60, 2), classes("seven", 90, 7), classes("ties", 50, 3, True)], "targets": targets()})
