# SPDX-License-Identifier: GPL-3.0-or-later
"""keras.ops on PyTorch tensors; axes and names as Keras documents them."""
import numpy as np
import torch
import torch.nn.functional as F


def tensor(x):
    return x if torch.is_tensor(x) else torch.as_tensor(np.asarray(x))


def _axes(axis):
    return tuple(axis) if isinstance(axis, (tuple, list)) else axis


def _folded(function):
    def fold(x, axis=None, keepdims=False):
        if axis is None:
            return function(x)
        return function(x, dim=_axes(axis), keepdim=keepdims)
    return fold


abs = torch.abs
exp = torch.exp
expm1 = torch.expm1
log = torch.log
sqrt = torch.sqrt
rsqrt = torch.rsqrt
square = torch.square
negative = torch.neg
relu = torch.relu
selu = F.selu
silu = F.silu
hard_silu = F.hardswish
sigmoid = torch.sigmoid
tanh = torch.tanh
softplus = F.softplus
matmul = torch.matmul
maximum = torch.maximum
minimum = torch.minimum
ones_like = lambda x, dtype=None: torch.ones_like(x, dtype=torch.bool if dtype == "bool" else None)
sum = _folded(torch.sum)
mean = _folded(torch.mean)
max = _folded(torch.amax)
min = _folded(torch.amin)


def elu(x, alpha=1.0):
    return torch.where(x > 0, x, alpha * (torch.exp(x) - 1))


def leaky_relu(x, negative_slope=0.2):
    return torch.where(x > 0, x, negative_slope * x)


def gelu(x, approximate=True):
    return F.gelu(x, approximate="tanh" if approximate else "none")


def clip(x, low, high):
    return torch.clamp(x, low, high)


def power(x, y):
    return torch.pow(x, y)


def softmax(x, axis=-1):
    return torch.softmax(x, dim=axis)


def log_softmax(x, axis=-1):
    return torch.log_softmax(x, dim=axis)


def where(condition, x, y):
    like = x if torch.is_tensor(x) else y
    whole = lambda v: v if torch.is_tensor(v) else torch.full_like(like, v)
    return torch.where(condition, whole(x), whole(y))


def logical_and(x, y):
    return torch.logical_and(tensor(x), tensor(y))


def reshape(x, shape):
    return torch.reshape(x, tuple(shape))


def transpose(x, axes):
    return torch.permute(x, axes)


def swapaxes(x, a, b):
    return torch.transpose(x, a, b)


def moveaxis(x, source, destination):
    return torch.movedim(x, source, destination)


def squeeze(x, axis):
    return torch.squeeze(x, axis)


def expand_dims(x, axis):
    return torch.unsqueeze(x, axis)


def concatenate(values, axis=-1):
    return torch.cat(values, axis)


def stack(values, axis=0):
    return torch.stack(values, axis)


def tile(x, repeats):
    return torch.tile(x, repeats)


def repeat(x, times, axis):
    return torch.repeat_interleave(x, times, dim=axis)


def take(x, indices, axis):
    return torch.index_select(x, axis, tensor(indices).long().reshape(-1))


def take_along_axis(x, indices, axis):
    return torch.take_along_dim(x, indices.long(), axis)


def pad(x, widths, mode="constant", constant_values=0.0):
    return torch.as_tensor(np.pad(x.numpy(), widths, mode, **({"constant_values": constant_values} if mode == "constant" else {})))


def arange(n):
    return torch.arange(n)


def ones(shape, dtype=None):
    return torch.ones(shape, dtype=dtype)


def zeros(shape, dtype=None):
    return torch.zeros(shape, dtype=torch.int64 if dtype == "int32" else None)


def cast(x, dtype):
    return tensor(x).to(dtype)


def convert_to_tensor(x, dtype=None):
    return tensor(x).to(dtype)


def convert_to_numpy(x):
    return x.numpy()


def shape(x):
    return tuple(x.shape)


def one_hot(x, classes, dtype=None):
    # What is no class has no one.
    return (x.long().unsqueeze(-1) == torch.arange(classes)).to(dtype)


def max_pool(x, pool_size, strides=None, padding="valid", data_format=None):
    assert padding == "valid" and data_format == "channels_first"
    return F.max_pool2d(x, pool_size, strides)


def average_pool(x, pool_size, strides=None, padding="valid", data_format=None):
    assert padding == "valid" and data_format == "channels_first"
    return F.avg_pool2d(x, pool_size, strides)


class image:
    @staticmethod
    def resize(x, size, interpolation="bilinear", data_format=None):
        assert data_format == "channels_first"
        return F.interpolate(x, size, mode=interpolation, align_corners=False)
