#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes tests/golden/data/: what PyTorch computes, in double, for every op, loss and optimizer.

usage: /usr/bin/python3 tests/golden/make_golden.py [AREA...]     (an area is a file in make/; all when none is named)
Made with Debian 12's python3-torch 1.13.0 and numpy 1.24.2 (each file names the version that made it). The numbers do not
depend on PyTorch's random generator: inputs come from numpy's PCG64 under a fixed seed and are multiples of 1/256, so that
float holds them exactly.
"""
import importlib
import os
import sys

sys.dont_write_bytecode = True
FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "make")

if __name__ == "__main__":
    areas = sorted(name[:-3] for name in os.listdir(FOLDER) if name.endswith(".py") and name != "common.py")
    for area in sys.argv[1:] or areas:
        importlib.import_module("make." + area).make()
