# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs exported source and compares what it gives with what Gradlens gave.

python3 run_exported.py FOLDER torch|keras: each folder in it holds torch.py and perhaps keras.py, weights.safetensors
and values.safetensors, the latter with "argument.NAME" for each input, "output.N" for what the network should give and
perhaps "objective". Keras is the stand-in beside this file. Prints one JSON object: for each folder "" or what is wrong.
"""
import importlib.util
import inspect
import json
import pathlib
import struct
import sys

import numpy as np
import torch

TOLERANCE = 1e-10


def read_values(path):
    data = path.read_bytes()
    (size,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8:8 + size])
    types = {"F64": "<f8", "I32": "<i4"}
    values = {}
    for name, entry in header.items():
        if name != "__metadata__":
            begin, end = (8 + size + offset for offset in entry["data_offsets"])
            array = np.frombuffer(data[begin:end], types[entry["dtype"]]).reshape(entry["shape"])
            tensor = torch.from_numpy(np.array(array))
            values[name] = tensor.long() if entry["dtype"] == "I32" else tensor
    return values


def difference(name, got, expected):
    if tuple(got.shape) != tuple(expected.shape):
        return f"{name} has shape {tuple(got.shape)}, expected {tuple(expected.shape)}"
    close = (got - expected).abs() <= TOLERANCE * (1 + expected.abs())
    close = close | (got == expected) | (got.isnan() & expected.isnan())
    if bool(close.all()):
        return ""
    return f"{name} is off by {float((got - expected).abs().max())}"


def network_of(module, folder, framework):
    network = module.Network().double().eval() if framework == "torch" else module.build_network()
    module.load_checkpoint(network, folder / "weights.safetensors")
    return network


def outputs_of(network, arguments, framework):
    if framework == "torch":
        outputs = network(*(arguments[name] for name in inspect.signature(network.forward).parameters))
    else:
        names = list(inspect.signature(network.call).parameters)
        outputs = network(arguments[names[0]] if names[0] in arguments else list(arguments.values()))
    return outputs if isinstance(outputs, tuple) else (outputs,)


def run(folder, framework):
    spec = importlib.util.spec_from_file_location("exported_" + folder.name.replace("-", "_"), folder / f"{framework}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    network = network_of(module, folder, framework)
    values = read_values(folder / "values.safetensors")
    arguments = {name[len("argument."):]: values[name] for name in sorted(values) if name.startswith("argument.")}
    with torch.no_grad():
        outputs = outputs_of(network, arguments, framework)
        for index, output in enumerate(outputs):
            if f"output.{index}" in values:
                wrong = difference(f"output {index}", output, values[f"output.{index}"])
                if wrong:
                    return wrong
        if "objective" in values:
            left = iter(outputs)
            names = inspect.signature(network.objective).parameters
            total = network.objective(*(arguments[name] if name in arguments else next(left) for name in names))
            return difference("the objective", total, values["objective"])
    return ""


def main():
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    root, framework = pathlib.Path(sys.argv[1]), sys.argv[2]
    sys.path.insert(0, str(pathlib.Path(__file__).parent / "keras_stand_in"))
    results = {}
    for folder in sorted(root.iterdir()):
        if not (folder / f"{framework}.py").exists():
            continue
        try:
            results[folder.name] = run(folder, framework)
        except Exception as error:
            results[folder.name] = f"{type(error).__name__}: {error}"
    print(json.dumps(results))


main()
