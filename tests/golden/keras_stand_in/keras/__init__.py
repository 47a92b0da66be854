# SPDX-License-Identifier: GPL-3.0-or-later
"""As much of Keras 3 as exported source uses, written after its documentation with PyTorch underneath, for evaluation
only. It stands in where Keras is not installed: mistakes in how weights are turned or arguments are read show here, a
difference between Keras and its documentation does not."""
import types

import torch

from . import layers, ops
from .layers import Layer


class Model(Layer):
    @property
    def trainable_weights(self):
        return self.weights()


class Sequential(Layer):
    def __init__(self, parts):
        super().__init__()
        self.layers = parts

    def call(self, x):
        for part in self.layers:
            x = part(x)
        return x


class _Constant:
    def __init__(self, value):
        self.value = value


initializers = types.SimpleNamespace(Constant=_Constant)
callbacks = types.SimpleNamespace(Callback=object)
torch.set_grad_enabled(False)
