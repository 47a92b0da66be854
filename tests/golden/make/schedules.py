# SPDX-License-Identifier: GPL-3.0-or-later
"""Learning-rate schedules: the factors over the first steps, from torch.optim.lr_scheduler."""
import torch

from make.common import generator, start, write

STEPS = 40


def make():
    start("schedules")
    cases = []
    s = torch.optim.lr_scheduler

    def optimizer():
        return torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)

    def add(name, attributes, make, values=None, total=STEPS):
        o = optimizer()
        scheduler = make(o)
        factors = []
        for i in range(STEPS):
            factors.append(o.param_groups[0]["lr"])
            if i + 1 == STEPS:
                break
            o.step()
            if values is None:
                scheduler.step()
            else:
                scheduler.step(values[i])
        cases.append({"schedule": name, "attributes": attributes, "total": total, "values": values, "factors": factors})

    def after(steps, begin, make):
        return lambda o: s.SequentialLR(o, [s.LinearLR(o, start_factor=begin, total_iters=steps), make(o)], milestones=[steps])

    steps = {"unit": "steps"}
    add("Constant", {}, lambda o: s.ConstantLR(o, factor=1.0))
    add("Constant", {"warmup_steps": 10}, lambda o: s.LinearLR(o, start_factor=0.1, total_iters=10))
    add("Step", {**steps, "every": 7, "gamma": 0.5}, lambda o: s.StepLR(o, 7, 0.5))
    add("Step", {**steps, "every": 7, "gamma": 0.5, "warmup_steps": 5, "warmup_start": 0.25}, after(5, 0.25, lambda o: s.StepLR(o, 7, 0.5)))
    add("MultiStep", {**steps, "milestones": [3, 10, 30]}, lambda o: s.MultiStepLR(o, [3, 10, 30]))
    add("Exponential", {**steps, "gamma": 0.9}, lambda o: s.ExponentialLR(o, 0.9))
    add("Polynomial", {"length": 25, "power": 2.0}, lambda o: s.PolynomialLR(o, 25, 2.0))
    add("Polynomial", {}, lambda o: s.PolynomialLR(o, STEPS, 1.0))
    add("Cosine", {"minimum": 0.1}, lambda o: s.CosineAnnealingLR(o, STEPS, 0.1))
    add("Cosine", {"warmup_steps": 8}, after(8, 0.1, lambda o: s.CosineAnnealingLR(o, STEPS - 8)))
    add("Cosine", {"period": 9, "restarts": True}, lambda o: s.CosineAnnealingWarmRestarts(o, 9))
    add("Cosine", {"period": 5, "restarts": True, "growth": 2, "minimum": 0.05}, lambda o: s.CosineAnnealingWarmRestarts(o, 5, 2, 0.05))
    add("OneCycle", {}, lambda o: s.OneCycleLR(o, 1.0, STEPS, cycle_momentum=False))
    add("OneCycle", {"rising": 0.45, "start_divisor": 10.0, "end_divisor": 100.0}, lambda o: s.OneCycleLR(
        o, 1.0, STEPS, pct_start=0.45, div_factor=10, final_div_factor=100, cycle_momentum=False))
    falling = [round(float(v), 3) for v in generator.random(STEPS) / 4 + [max(1 - i / 15, 0.2) for i in range(STEPS)]]
    add("Plateau", {"patience": 2, "gamma": 0.5}, lambda o: s.ReduceLROnPlateau(o, factor=0.5, patience=2), falling)
    add("Plateau", {"patience": 1, "gamma": 0.3, "threshold": 0.05, "cooldown": 3, "minimum": 0.01},
        lambda o: s.ReduceLROnPlateau(o, factor=0.3, patience=1, threshold=0.05, cooldown=3, min_lr=0.01), falling)
    add("Plateau", {"patience": 3, "monitor": "accuracy"}, lambda o: s.ReduceLROnPlateau(o, mode="max", patience=3), [1 - v for v in falling])
    write("schedules", {"cases": cases})
