# SPDX-License-Identifier: GPL-3.0-or-later
"""The networks of resources/templates/templates.json, each built here by hand in PyTorch: what every layer gives, holds and costs.

A file holds, by the layer's name in our drawing, the shape of its output for a batch of BATCH, its trainable parameters
(those that two layers share are counted with the first), and where it multiplies and adds, how often: "macs", and the
additions of a bias, "bias". The rule, which the test applies to our figures: a multiplication with its addition is two
operations, as PyTorch's profiler, fvcore and ptflops count; a bias is one more for each output of a Conv2D,
ConvTranspose2D or Dense, and belongs to no one's count in LSTM and attention. What the profiler of this PyTorch knows
(convolutions and matrix products) is compared with the count by hand while the file is made.
"""
import torch
import torch.nn as nn
import torch.nn.functional as F

from make.common import write

BATCH = 2


class Table:
    """Runs layers and writes down what they did."""

    def __init__(self):
        self.layers, self.counted = [], set()

    def add(self, name, output, parameters=(), macs=None, bias=0):
        entry = {"name": name, "shape": list(output.shape), "parameters": 0}
        for parameter in parameters:
            if id(parameter) not in self.counted:
                self.counted.add(id(parameter))
                entry["parameters"] += parameter.numel()
        if macs is not None:
            entry["macs"], entry["bias"] = macs, bias
        self.layers.append(entry)
        return output

    def conv(self, name, x, filters, kernel, module=None, **options):
        module = module or nn.Conv2d(x.shape[1], filters, kernel, **options)
        y = module(x)
        taps = module.kernel_size[0] * module.kernel_size[1] * module.in_channels // module.groups
        return self.add(name, y, module.parameters(), y.numel() * taps, y.numel() if module.bias is not None else 0), module

    def deconv(self, name, x, filters, kernel, stride):
        module = nn.ConvTranspose2d(x.shape[1], filters, kernel, stride)
        y = module(x)
        return self.add(name, y, module.parameters(), x.numel() * filters * kernel * kernel, y.numel())

    def dense(self, name, x, units, module=None):
        module = module or nn.Linear(x.shape[-1], units)
        y = module(x)
        return self.add(name, y, module.parameters(), y.numel() * x.shape[-1], y.numel()), module

    def layer(self, name, x, module):
        return self.add(name, module(x), module.parameters())

    def batch_norm(self, name, x):
        return self.layer(name, x, nn.BatchNorm2d(x.shape[1]))

    def conv_bn_relu(self, name, x, filters, kernel=3, stride=1, groups=1):
        x, _ = self.conv(name + "/conv", x, filters, kernel, stride=stride, padding=(kernel - 1) // 2, groups=groups, bias=False)
        return self.layer(name + "/activation", self.batch_norm(name + "/bn", x), nn.ReLU())

    def residual(self, name, x, filters, stride=1, projection=False):
        y = self.conv_bn_relu(name + "/conv1", x, filters, stride=stride)
        y, _ = self.conv(name + "/conv2", y, filters, 3, padding=1, bias=False)
        y = self.batch_norm(name + "/bn2", y)
        if projection:
            x, _ = self.conv(name + "/shortcut", x, filters, 1, stride=stride, bias=False)
            x = self.batch_norm(name + "/bn_shortcut", x)
        return self.layer(name + "/relu", self.add(name + "/add", x + y), nn.ReLU())

    def inverted_residual(self, name, x, filters, expansion, stride=1):
        wide = x.shape[1] * expansion
        y = self.conv_bn_relu(name + "/expand", x, wide, kernel=1)
        y = self.conv_bn_relu(name + "/depthwise", y, wide, stride=stride, groups=wide)
        y, _ = self.conv(name + "/project", y, filters, 1, bias=False)
        y = self.batch_norm(name + "/bn", y)
        return self.add(name + "/add", x + y) if stride == 1 else y

    def attention(self, name, x, heads):
        module = nn.MultiheadAttention(x.shape[-1], heads, batch_first=True)
        batch, steps, width = x.shape
        mask = torch.triu(torch.ones(steps, steps, dtype=torch.bool), 1)
        y = module(x, x, x, attn_mask=mask, need_weights=False)[0]
        projections, products = 4 * batch * steps * width * width, 2 * batch * steps * steps * width
        return self.add(name, y, module.parameters(), projections + products)

    def lstm(self, name, x, hidden):
        module = nn.LSTM(x.shape[-1], hidden, batch_first=True)
        y = module(x)[0][:, -1]
        # As there, each gate has two biases, and both are parameters.
        return self.add(name, y, module.parameters(), x.shape[0] * x.shape[1] * 4 * hidden * (x.shape[-1] + hidden))

    def image(self, *shape, name="image"):
        return self.add(name, torch.zeros(BATCH, *shape))

    def classified(self, x, last="dense", classes=10):
        return self.dense(last, x, classes)[0]


def mlp(t):
    x = t.layer("flatten1", t.image(1, 28, 28), nn.Flatten())
    for i, units in enumerate((256, 128), 1):
        x, _ = t.dense("dense%d" % i, x, units)
        x = t.layer("dropout%d" % i, t.layer("relu%d" % i, x, nn.ReLU()), nn.Dropout(0.2))
    return t.classified(x, "dense3")


def lenet5(t):
    x, _ = t.conv("conv1", t.image(1, 28, 28), 6, 5, padding=2)
    x = t.layer("pool1", t.layer("tanh1", x, nn.Tanh()), nn.AvgPool2d(2))
    x, _ = t.conv("conv2", x, 16, 5)
    x = t.layer("pool2", t.layer("tanh2", x, nn.Tanh()), nn.AvgPool2d(2))
    x = t.layer("flatten", x, nn.Flatten())
    for i, units in ((1, 120), (2, 84)):
        x, _ = t.dense("dense%d" % i, x, units)
        x = t.layer("tanh%d" % (i + 2), x, nn.Tanh())
    return t.classified(x, "dense3")


def vgg(t):
    x = t.image(1, 28, 28)
    for i, filters in enumerate((32, 64, 128), 1):
        for j in (1, 2):
            x, _ = t.conv("stage%d/conv%d" % (i, j), x, filters, 3, padding=1)
            x = t.layer("stage%d/relu%d" % (i, j), x, nn.ReLU())
        x = t.layer("stage%d/pool" % i, x, nn.MaxPool2d(2))
    x, _ = t.dense("dense1", t.layer("flatten", x, nn.Flatten()), 256)
    x = t.layer("dropout", t.layer("relu", x, nn.ReLU()), nn.Dropout(0.5))
    return t.classified(x, "dense2")


def pooled(t, x):
    return t.add("pool", x.mean((2, 3)))


def resnet20(t):
    x = t.conv_bn_relu("stem", t.image(1, 28, 28), 16)
    for stage, filters in ((1, 16), (2, 32), (3, 64)):
        if stage > 1:
            x = t.residual("down%d" % stage, x, filters, stride=2, projection=True)
        for block in range(1, 4 if stage == 1 else 3):
            x = t.residual("stage%d/%d" % (stage, block), x, filters)
    return t.classified(pooled(t, x))


def mobilenet(t):
    x = t.inverted_residual("stage1", t.conv_bn_relu("stem", t.image(1, 28, 28), 16), 16, 2)
    x = t.inverted_residual("stage2", t.inverted_residual("down2", x, 24, 4, stride=2), 24, 4)
    x = t.inverted_residual("down3", x, 40, 4, stride=2)
    for block in (1, 2):
        x = t.inverted_residual("stage3/%d" % block, x, 40, 4)
    x = pooled(t, t.conv_bn_relu("head", x, 160, kernel=1))
    return t.classified(t.layer("dropout", x, nn.Dropout(0.2)))


def unet(t):
    x, skips = t.image(1, 32, 32), {}
    for i, filters in ((1, 16), (2, 32)):
        for j in (1, 2):
            x = t.conv_bn_relu("down%d/conv%d" % (i, j), x, filters)
        skips[i] = x
        x = t.layer("down%d/pool" % i, x, nn.MaxPool2d(2))
    for i in (1, 2):
        x = t.conv_bn_relu("bottom/%d" % i, x, 64)
    for i, filters in ((2, 32), (1, 16)):
        x = t.deconv("up%d/up" % i, x, filters, 2, 2)
        x = t.add("up%d/concat" % i, torch.cat([x, skips[i]], 1))
        for j in (1, 2):
            x = t.conv_bn_relu("up%d/conv%d" % (i, j), x, filters)
    return t.conv("head", x, 3, 1)[0]


def autoencoder(t):
    x = t.image(1, 28, 28)
    for i, filters in ((1, 16), (2, 32)):
        x, _ = t.conv("conv%d" % i, x, filters, 3, stride=2, padding=1)
        x = t.layer("relu%d" % i, x, nn.ReLU())
    x, _ = t.dense("code", t.layer("flatten", x, nn.Flatten()), 32)
    x, _ = t.dense("dense", x, 1568)
    x = t.layer("maps", t.layer("relu3", x, nn.ReLU()), nn.Unflatten(1, (32, 7, 7)))
    x = t.layer("relu4", t.deconv("up1", x, 16, 2, 2), nn.ReLU())
    return t.deconv("up2", x, 1, 2, 2)


def variational_autoencoder(t):
    x, _ = t.dense("dense1", t.layer("flatten", t.image(1, 28, 28), nn.Flatten()), 400)
    x = t.layer("relu1", x, nn.ReLU())
    (mean, _), (log_variance, _) = t.dense("mean", x, 20), t.dense("log_variance", x, 20)
    x = t.add("code", mean + torch.exp(log_variance / 2) * torch.randn_like(mean))
    x, _ = t.dense("dense2", x, 400)
    return t.dense("dense3", t.layer("relu2", x, nn.ReLU()), 784)[0]


def lstm(t):
    rows = t.add("rows", t.image(1, 28, 28).squeeze(1))
    return t.classified(t.lstm("lstm1", rows, 128), "dense1")


def char_gpt(t):
    vocabulary, width, steps = 76, 128, 64
    tokens = t.add("text", torch.zeros(BATCH, steps, dtype=torch.long))
    x = t.layer("token", tokens, nn.Embedding(vocabulary, width))
    position = nn.Parameter(torch.zeros(steps, width))
    x = t.add("position", x + position, [position])
    for i in range(1, 5):
        name = "transformer/%d/" % i
        y = t.layer(name + "norm1", x, nn.LayerNorm(width))
        x = t.add(name + "add1", x + t.attention(name + "attention", y, 4))
        y, _ = t.dense(name + "dense1", t.layer(name + "norm2", x, nn.LayerNorm(width)), 4 * width)
        y, _ = t.dense(name + "dense2", t.layer(name + "activation", y, nn.GELU()), width)
        x = t.add(name + "add2", x + y)
    return t.dense("next", t.layer("norm", x, nn.LayerNorm(width)), vocabulary)[0]


def siamese(t):
    images = t.image(2, 8, 8, name="pair").chunk(2, 1)
    modules, embeddings = {}, []
    for branch, x in zip("ab", images):
        def name(layer):
            return layer + "_" + branch
        x, modules["conv1"] = t.conv(name("conv1"), x, 16, 3, modules.get("conv1"), padding=1)
        x = t.layer(name("pool"), t.layer(name("relu1"), x, nn.ReLU()), nn.MaxPool2d(2))
        x, modules["conv2"] = t.conv(name("conv2"), x, 32, 3, modules.get("conv2"), padding=1)
        x = t.layer(name("flatten"), t.layer(name("relu2"), x, nn.ReLU()), nn.Flatten())
        x, modules["embedding"] = t.dense(name("embedding"), x, 32, modules.get("embedding"))
        embeddings.append(x)
    x = t.add("difference", embeddings[0] - embeddings[1])
    return t.classified(t.add("distance", x.abs()), "scores", 2)


PROFILED = ("aten::conv2d", "aten::addmm", "aten::mm", "aten::bmm")
NOT_PROFILED = ("up", "lstm", "attention")  # a transposed convolution; matrix products inside one call


def profiled(build):
    """Table of a network, after the profiler has agreed where it counts."""
    torch.manual_seed(0)
    table = Table()
    with torch.profiler.profile(with_flops=True) as profile:
        build(table)
    theirs = sum(event.flops for event in profile.key_averages() if event.key in PROFILED)
    ours = 2 * sum(layer.get("macs", 0) for layer in table.layers)
    hidden = any(layer["name"].split("/")[-1].rstrip("12") in NOT_PROFILED for layer in table.layers)
    assert theirs == ours or (hidden and theirs < ours), (build.__name__, theirs, ours)
    return table


def make():
    networks = {"fashion-mnist-mlp": mlp, "lenet-5": lenet5, "vgg": vgg, "resnet-20": resnet20, "mobilenet": mobilenet, "u-net": unet,
                "autoencoder": autoencoder, "variational-autoencoder": variational_autoencoder, "fashion-mnist-lstm": lstm,
                "char-gpt": char_gpt, "siamese": siamese}
    content = {}
    for name, build in networks.items():
        table = profiled(build)
        content[name] = {"parameters": sum(layer["parameters"] for layer in table.layers), "layers": table.layers}
    write("templates", {"batch": BATCH, "templates": content})
