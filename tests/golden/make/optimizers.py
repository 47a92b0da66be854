# SPDX-License-Identifier: GPL-3.0-or-later
"""Optimizers: ten steps on a small parameter. Those that PyTorch has not are written here from their papers, in NumPy."""
import numpy as np
import torch

from make.common import draw, start, write


class FromPaper:
    """step(p, g, t, state) gives the new parameter and changes the state."""
    def __init__(self, parameters, step, slots):
        self.parameter = parameters[0]
        self.function = step
        self.number = 0
        self.arrays = {slot: np.zeros(self.parameter.shape) for slot in slots}
        self.state = {self.parameter: {}}

    def step(self):
        self.number += 1
        after = self.function(self.parameter.detach().numpy().copy(), self.parameter.grad.numpy(), self.number, self.arrays)
        with torch.no_grad():
            self.parameter.copy_(torch.tensor(after))
        self.state[self.parameter] = {slot: torch.tensor(array) for slot, array in self.arrays.items()}


def lion(rate, beta1=0.9, beta2=0.99, decay=0.0):
    """Chen et al. 2023, Symbolic Discovery of Optimization Algorithms, algorithm 2."""
    def step(p, g, t, state):
        update = np.sign(beta1 * state["m"] + (1 - beta1) * g)
        state["m"] = beta2 * state["m"] + (1 - beta2) * g
        return p - rate * (update + decay * p)
    return step


def lamb(rate, beta1=0.9, beta2=0.999, epsilon=1e-6, decay=0.01):
    """You et al. 2020, Large Batch Optimization for Deep Learning, algorithm 2."""
    def step(p, g, t, state):
        state["m"] = beta1 * state["m"] + (1 - beta1) * g
        state["v"] = beta2 * state["v"] + (1 - beta2) * g * g
        m, v = state["m"] / (1 - beta1 ** t), state["v"] / (1 - beta2 ** t)
        update = m / (np.sqrt(v) + epsilon) + decay * p
        return p - rate * np.linalg.norm(p) / np.linalg.norm(update) * update
    return step


def nadam(rate, beta1=0.9, beta2=0.999, epsilon=1e-8, decay=0.0, momentum_decay=0.004):
    """Dozat 2016, Incorporating Nesterov Momentum into Adam, as torch.optim.NAdam documents it. PyTorch 1.13 itself multiplies the
    product for the next step by this step's momentum twice (mended in later versions), so that it cannot be the judge."""
    product = 1.0
    def step(p, g, t, state):
        nonlocal product
        g = g + decay * p
        momentum = [beta1 * (1 - 0.5 * 0.96 ** (n * momentum_decay)) for n in (t, t + 1)]
        product *= momentum[0]
        state["m"] = beta1 * state["m"] + (1 - beta1) * g
        state["v"] = beta2 * state["v"] + (1 - beta2) * g * g
        mean = momentum[1] * state["m"] / (1 - product * momentum[1]) + (1 - momentum[0]) * g / (1 - product)
        return p - rate * mean / (np.sqrt(state["v"] / (1 - beta2 ** t)) + epsilon)
    return step


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
    both = {"adam_m": "m", "adam_v": "v"}
    add("NAdam", lambda p: FromPaper(p, nadam(0.002), "mv"), {}, both)
    add("NAdam", lambda p: FromPaper(p, nadam(0.02, 0.8, 0.95, 1e-4, 0.1, 0.02), "mv"),
        {"learning_rate": 0.02, "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-4, "weight_decay": 0.1, "momentum_decay": 0.02}, both)
    add("RMSProp", lambda p: o.RMSprop(p, eps=1e-4), {"epsilon": 1e-4}, {"square_average": "square_avg"})
    add("RMSProp", lambda p: o.RMSprop(p, lr=0.02, alpha=0.9, weight_decay=0.1, momentum=0.9, eps=1e-3),
        {"learning_rate": 0.02, "alpha": 0.9, "weight_decay": 0.1, "momentum": 0.9, "epsilon": 1e-3}, {"square_average": "square_avg", "momentum": "momentum_buffer"})
    add("RMSProp", lambda p: o.RMSprop(p, lr=0.02, alpha=0.9, momentum=0.5, centered=True, eps=1e-2),
        {"learning_rate": 0.02, "alpha": 0.9, "momentum": 0.5, "centred": True, "epsilon": 1e-2},
        {"square_average": "square_avg", "gradient_average": "grad_avg", "momentum": "momentum_buffer"})
    add("Adagrad", lambda p: o.Adagrad(p), {}, {"square_sum": "sum"})
    add("Adagrad", lambda p: o.Adagrad(p, lr=0.1, lr_decay=0.05, weight_decay=0.1, eps=1e-6),
        {"learning_rate": 0.1, "rate_decay": 0.05, "weight_decay": 0.1, "epsilon": 1e-6}, {"square_sum": "sum"})
    deltas = {"square_average": "square_avg", "step_average": "acc_delta"}
    add("Adadelta", lambda p: o.Adadelta(p), {}, deltas)
    add("Adadelta", lambda p: o.Adadelta(p, lr=0.5, rho=0.8, eps=1e-4, weight_decay=0.1),
        {"learning_rate": 0.5, "rho": 0.8, "epsilon": 1e-4, "weight_decay": 0.1}, deltas)
    add("Lion", lambda p: FromPaper(p, lion(1e-4), "m"), {}, {"lion_m": "m"})
    add("Lion", lambda p: FromPaper(p, lion(0.02, 0.8, 0.95, 0.1), "m"),
        {"learning_rate": 0.02, "beta1": 0.8, "beta2": 0.95, "weight_decay": 0.1}, {"lion_m": "m"})
    add("LAMB", lambda p: FromPaper(p, lamb(0.001), "mv"), {}, both)
    add("LAMB", lambda p: FromPaper(p, lamb(0.02, 0.8, 0.95, 1e-4, 0.1), "mv"),
        {"learning_rate": 0.02, "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-4, "weight_decay": 0.1}, both)
    write("optimizers", {"cases": cases})
