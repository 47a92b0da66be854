# SPDX-License-Identifier: GPL-3.0-or-later
"""keras.layers: kernels lie as in Keras (places, inputs, outputs), gates of an LSTM are i f c o, of a GRU z r h."""
import numpy as np
import torch
import torch.nn.functional as F


class Variable:
    def __init__(self, shape, fill=0.0):
        self.value = torch.full(tuple(shape), float(fill))

    @property
    def shape(self):
        return tuple(self.value.shape)

    def assign(self, array):
        array = np.asarray(array)
        if array.shape != self.shape:
            raise ValueError(f"a weight of shape {self.shape} was given {array.shape}")
        self.value = torch.as_tensor(np.array(array))

    # Layers of exported source compute with their weights directly.
    def __mul__(self, x):
        return self.value * x

    __rmul__ = __mul__

    def __add__(self, x):
        return self.value + x

    __radd__ = __add__


class Layer:
    def __init__(self, **options):
        self.built = False

    def add_weight(self, shape, initializer=None, name=None):
        return Variable(shape)

    def build(self, shape):
        pass

    def __call__(self, *inputs, **options):
        if not self.built:
            self.build(tuple(inputs[0].shape) if torch.is_tensor(inputs[0]) else None)
            self.built = True
        return self.call(*inputs, **options)


class Dense(Layer):
    def __init__(self, units, use_bias=True):
        super().__init__()
        self.units, self.use_bias = units, use_bias

    def build(self, shape):
        self.kernel = Variable((shape[-1], self.units))
        self.bias = Variable((self.units,)) if self.use_bias else None

    def call(self, x):
        y = x @ self.kernel.value
        return y if self.bias is None else y + self.bias.value


def _tuple(value, rank):
    return (value,) * rank if isinstance(value, int) else tuple(value)


class _Conv(Layer):
    rank = 2

    def __init__(self, filters, kernel_size, strides=1, padding="valid", data_format=None, dilation_rate=1, groups=1,
                 use_bias=True):
        super().__init__()
        assert data_format == "channels_first"
        self.filters, self.kernel_size = filters, _tuple(kernel_size, self.rank)
        self.strides, self.padding = _tuple(strides, self.rank), padding
        self.dilation, self.groups, self.use_bias = _tuple(dilation_rate, self.rank), groups, use_bias
        if max(self.strides) > 1 and max(self.dilation) > 1:
            raise ValueError("strides and dilation")

    def build(self, shape):
        self.kernel = Variable(self.kernel_size + (shape[1] // self.groups, self.filters))
        self.bias = Variable((self.filters,)) if self.use_bias else None

    def call(self, x):
        if self.padding == "same":
            assert max(self.strides) == 1
            for axis in range(self.rank):
                total = self.dilation[axis] * (self.kernel_size[axis] - 1)
                widths = [0, 0] * (self.rank - 1 - axis) + [total // 2, total - total // 2]
                x = F.pad(x, widths)
        kernel = self.kernel.value.permute(self.rank + 1, self.rank, *range(self.rank))
        function = F.conv1d if self.rank == 1 else F.conv2d
        bias = None if self.bias is None else self.bias.value
        return function(x, kernel, bias, self.strides, 0, self.dilation, self.groups)


class Conv1D(_Conv):
    rank = 1


class Conv2D(_Conv):
    rank = 2


class Conv2DTranspose(Layer):
    def __init__(self, filters, kernel_size, strides=1, data_format=None, use_bias=True):
        super().__init__()
        assert data_format == "channels_first"
        self.filters, self.kernel_size = filters, _tuple(kernel_size, 2)
        self.strides, self.use_bias = _tuple(strides, 2), use_bias

    def build(self, shape):
        self.kernel = Variable(self.kernel_size + (self.filters, shape[1]))
        self.bias = Variable((self.filters,)) if self.use_bias else None

    def call(self, x):
        bias = None if self.bias is None else self.bias.value
        y = F.conv_transpose2d(x, self.kernel.value.permute(3, 2, 0, 1), bias, self.strides)
        # "valid" gives input * stride + max(kernel - stride, 0).
        for axis in range(2):
            missing = max(self.strides[axis] - self.kernel_size[axis], 0)
            y = torch.cat([y, torch.zeros_like(y).narrow(axis + 2, 0, 1).repeat_interleave(missing, axis + 2)], axis + 2)
        return y


def _on_axis(value, axis, rank):
    return value.reshape([-1 if i == axis else 1 for i in range(rank)])


class BatchNormalization(Layer):
    def __init__(self, axis=-1, momentum=0.99, epsilon=0.001):
        super().__init__()
        self.axis, self.epsilon = axis, epsilon

    def build(self, shape):
        self.gamma, self.beta, self.moving_mean, self.moving_variance = (
            Variable((shape[self.axis],)) for _ in range(4))

    def call(self, x):
        gamma, beta, mean, variance = (
            _on_axis(v.value, self.axis, x.dim())
            for v in (self.gamma, self.beta, self.moving_mean, self.moving_variance))
        return gamma * (x - mean) / torch.sqrt(variance + self.epsilon) + beta


class LayerNormalization(Layer):
    def __init__(self, axis=-1, epsilon=0.001, center=True, scale=True):
        super().__init__()
        self.axis, self.epsilon = axis if isinstance(axis, list) else [axis], epsilon
        self.center, self.scale = center, scale

    def build(self, shape):
        sizes = [shape[axis] for axis in self.axis]
        self.gamma = Variable(sizes) if self.scale else None
        self.beta = Variable(sizes) if self.center else None

    def call(self, x):
        mean = x.mean(self.axis, keepdim=True)
        y = (x - mean) / torch.sqrt(((x - mean) ** 2).mean(self.axis, keepdim=True) + self.epsilon)
        y = y if self.gamma is None else y * self.gamma.value
        return y if self.beta is None else y + self.beta.value


class GroupNormalization(Layer):
    def __init__(self, groups=32, axis=-1, epsilon=0.001, center=True, scale=True):
        super().__init__()
        assert axis == 1
        self.groups, self.epsilon, self.center, self.scale = groups, epsilon, center, scale

    def build(self, shape):
        self.gamma = Variable((shape[1],)) if self.scale else None
        self.beta = Variable((shape[1],)) if self.center else None

    def call(self, x):
        y = F.group_norm(x, self.groups, eps=self.epsilon)
        y = y if self.gamma is None else y * _on_axis(self.gamma.value, 1, x.dim())
        return y if self.beta is None else y + _on_axis(self.beta.value, 1, x.dim())


class Dropout(Layer):
    def __init__(self, rate, noise_shape=None):
        super().__init__()
        self.noise_shape = noise_shape

    def call(self, x):
        assert self.noise_shape is None or len(self.noise_shape) == x.dim()
        return x


class GaussianNoise(Layer):
    def __init__(self, stddev):
        super().__init__()
        assert 0 <= stddev <= 1

    def call(self, x):
        return x


class Embedding(Layer):
    def __init__(self, input_dim, output_dim):
        super().__init__()
        self.embeddings = Variable((input_dim, output_dim))

    def call(self, x):
        return self.embeddings.value[x.long()]


class PReLU(Layer):
    def __init__(self, alpha_initializer=None, shared_axes=None):
        super().__init__()
        self.shared_axes = shared_axes or ()

    def build(self, shape):
        self.alpha = Variable([1 if axis in self.shared_axes else shape[axis] for axis in range(1, len(shape))])

    def call(self, x):
        return torch.relu(x) - self.alpha.value * torch.relu(-x)


class _Projection:
    def __init__(self, kernel, bias):
        self.kernel, self.bias = Variable(kernel), Variable(bias) if bias else None

    def __call__(self, x, equation):
        y = torch.einsum(equation, x, self.kernel.value)
        return y if self.bias is None else y + self.bias.value


class MultiHeadAttention(Layer):
    def __init__(self, num_heads, key_dim, use_bias=True):
        super().__init__()
        self.heads, self.key_dim, self.use_bias = num_heads, key_dim, use_bias

    def build(self, shape):
        size, heads = shape[-1], (self.heads, self.key_dim)
        self._query_dense, self._key_dense, self._value_dense = (
            _Projection((size,) + heads, heads if self.use_bias else None) for _ in range(3))
        self._output_dense = _Projection(heads + (size,), (size,) if self.use_bias else None)

    def call(self, query, value, use_causal_mask=False):
        q = self._query_dense(query, "btd,dhk->bthk")
        k = self._key_dense(value, "btd,dhk->bthk")
        v = self._value_dense(value, "btd,dhk->bthk")
        scores = torch.einsum("bshk,bthk->bhts", k, q) / self.key_dim ** 0.5
        if use_causal_mask:
            scores = scores.masked_fill(torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1), -float("inf"))
        return self._output_dense(torch.einsum("bhts,bshk->bthk", torch.softmax(scores, -1), v), "bthk,hkd->btd")


class _Cell:
    def __init__(self, features, units, gates, use_bias, stacked):
        self.kernel = Variable((features, gates * units))
        self.recurrent_kernel = Variable((units, gates * units))
        self.bias = Variable((2, gates * units) if stacked else (gates * units,)) if use_bias else None


class _Recurrent(Layer):
    gates = 1

    def __init__(self, units, use_bias=True, return_sequences=False, activation="tanh"):
        super().__init__()
        self.units, self.use_bias, self.return_sequences, self.activation = units, use_bias, return_sequences, activation
        self.backwards = False

    def build(self, shape):
        self.cell = _Cell(shape[-1], self.units, self.gates, self.use_bias, isinstance(self, GRU))

    def call(self, x):
        state = self.first(x.shape[0])
        states = []
        for t in reversed(range(x.shape[1])) if self.backwards else range(x.shape[1]):
            state = self.step(x[:, t], state)
            states.append(state[0])
        return torch.stack(states, 1) if self.return_sequences else states[-1]

    def first(self, batch):
        return (torch.zeros(batch, self.units),) * 2


class SimpleRNN(_Recurrent):
    def step(self, x, state):
        y = x @ self.cell.kernel.value + state[0] @ self.cell.recurrent_kernel.value
        y = y if self.cell.bias is None else y + self.cell.bias.value
        return (torch.tanh(y) if self.activation == "tanh" else torch.relu(y),)


class LSTM(_Recurrent):
    gates = 4

    def step(self, x, state):
        z = x @ self.cell.kernel.value + state[0] @ self.cell.recurrent_kernel.value
        i, f, c, o = (z if self.cell.bias is None else z + self.cell.bias.value).chunk(4, -1)
        memory = torch.sigmoid(f) * state[1] + torch.sigmoid(i) * torch.tanh(c)
        return torch.sigmoid(o) * torch.tanh(memory), memory


class GRU(_Recurrent):
    gates = 3

    def step(self, x, state):
        a, b = x @ self.cell.kernel.value, state[0] @ self.cell.recurrent_kernel.value
        if self.cell.bias is not None:
            a, b = a + self.cell.bias.value[0], b + self.cell.bias.value[1]
        (az, ar, ah), (bz, br, bh) = a.chunk(3, -1), b.chunk(3, -1)
        z, r = torch.sigmoid(az + bz), torch.sigmoid(ar + br)
        return (z * state[0] + (1 - z) * torch.tanh(ah + r * bh),)


class Bidirectional(Layer):
    def __init__(self, layer):
        super().__init__()
        self.forward_layer = layer
        self.backward_layer = type(layer)(layer.units, layer.use_bias, layer.return_sequences, layer.activation)
        self.backward_layer.backwards = True

    def call(self, x):
        a, b = self.forward_layer(x), self.backward_layer(x)
        return torch.cat([a, b.flip(1) if self.forward_layer.return_sequences else b], -1)
