# SPDX-License-Identifier: GPL-3.0-or-later
"""Optimizers: ten steps on a small parameter."""
import torch

from make.common import draw, start, write


def make():
    start("optimizers")
    cases = []

    def add(name, make, attributes, slots):
        start = draw(7)
        gradients = [draw(7) for _ in range(10)]
        parameter = start.clone().requires_grad_(True)
        optimizer = make([parameter])
        steps = []
        for gradient in gradients:
            parameter.grad = gradient.clone()
            optimizer.step()
            steps.append(parameter.detach().tolist())
        state = optimizer.state[parameter]
        cases.append({"optimizer": name, "attributes": attributes, "start": start.tolist(), "gradients": [g.tolist() for g in gradients],
                      "parameters": steps, "slots": {ours: state[theirs].tolist() for ours, theirs in slots.items()}})

    o = torch.optim
    add("SGD", lambda p: o.SGD(p, lr=0.1), {"learning_rate": 0.1}, {})
    add("SGD", lambda p: o.SGD(p, lr=0.1, weight_decay=0.05), {"learning_rate": 0.1, "weight_decay": 0.05}, {})
    momentum = {"momentum": "momentum_buffer"}
    add("SGD", lambda p: o.SGD(p, lr=0.05, momentum=0.9), {"learning_rate": 0.05, "momentum": 0.9}, momentum)
    add("SGD", lambda p: o.SGD(p, lr=0.05, momentum=0.8, nesterov=True, weight_decay=0.01),
        {"learning_rate": 0.05, "momentum": 0.8, "nesterov": True, "weight_decay": 0.01}, momentum)
    moments = {"adam_m": "exp_avg", "adam_v": "exp_avg_sq"}
    add("Adam", lambda p: o.Adam(p), {}, moments)
    add("Adam", lambda p: o.Adam(p, lr=0.02, betas=(0.8, 0.95), eps=1e-4, weight_decay=0.1),
        {"learning_rate": 0.02, "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-4, "weight_decay": 0.1}, moments)
    add("AdamW", lambda p: o.AdamW(p), {}, moments)
    add("AdamW", lambda p: o.AdamW(p, lr=0.02, betas=(0.85, 0.99), weight_decay=0.2),
        {"learning_rate": 0.02, "beta1": 0.85, "beta2": 0.99, "weight_decay": 0.2}, moments)
    write("optimizers", {"cases": cases})
