#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times gradlens-cli bench and PyTorch on the same networks, in turns, and prints how many times faster Gradlens is.

The two programs take turns block by block (PyTorch, Gradlens, PyTorch, ...), so that whatever else the machine does
disturbs both alike. Each counts at its better number of threads; times are medians over the rounds. Peak memory is the
largest resident set of a process that trains that one network and nothing else.

The PyTorch side is a file torch_bench.py with WORKLOADS and step_ms(name, seconds): --peer says where it is.
Debian: apt-get install python3-torch libopenblas0-pthread. Without the latter PyTorch multiplies matrices by the reference
BLAS, tens of times slower than it can: the comparison then says so and stops, unless --slow-blas.
"""
import argparse
import importlib.util
import json
import math
import os
import pathlib
import statistics
import subprocess
import sys
import time

SLOW_BLAS_GFLOPS = 12
ROOT = pathlib.Path(__file__).resolve().parents[2]


def skip(reason):
    print(f"skipped: {reason}", file=sys.stderr)
    sys.exit(0)


def load_peer(path):
    file = path / "torch_bench.py" if path.is_dir() else path
    if not file.is_file():
        skip(f"there is no {file}; --peer says where torch_bench.py is")
    if importlib.util.find_spec("torch") is None:
        skip("PyTorch is not installed (apt-get install python3-torch)")
    spec = importlib.util.spec_from_file_location("torch_bench", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return file, module


def sgemm_gflops(size=512):
    """The best of a few square products in PyTorch, on one thread."""
    import torch

    torch.set_num_threads(1)
    a, best = torch.ones(size, size), math.inf
    for _ in range(5):
        begin = time.perf_counter()
        a @ a
        best = min(best, time.perf_counter() - begin)
    return 2e-9 * size**3 / best


def gradlens(program, name, threads, seconds):
    """The row of one workload as the program prints it."""
    command = [program, "bench", name, "--json", "--seconds", str(seconds), "--threads", ",".join(map(str, threads))]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else f"exit {done.returncode}")
    printed = json.loads(done.stdout)
    return {**printed["workloads"][name], "peak": printed["sgemm_peak_gflops"]}


def pytorch_peak_memory_mb(file, name, threads):
    """Of a process of its own, by the kernel's count."""
    child = subprocess.Popen([sys.executable, file, "--threads", str(threads), "--seconds", "0.2", name], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_maxrss * 1024e-6 if child.returncode == 0 else math.nan


def best_of(times):
    """times: threads -> list over rounds. The number of threads with the smallest median, and that median."""
    medians = {threads: statistics.median(values) for threads, values in times.items()}
    threads = min(medians, key=medians.get)
    return threads, medians[threads]


def compare(args, file, peer, name):
    import torch

    torch_times = {threads: [] for threads in args.threads}
    our_times = {threads: [] for threads in args.threads}
    rows = []
    for _ in range(args.rounds):
        for threads in args.threads:
            torch.set_num_threads(threads)
            torch_times[threads].append(peer.step_ms(name, args.seconds))
            rows.append(gradlens(args.program, name, [threads], args.seconds))
            our_times[threads].append(rows[-1]["ms_per_step"])
    torch_threads, torch_ms = best_of(torch_times)
    our_threads, our_ms = best_of(our_times)
    of_best = [row for row in rows if row["threads"] == our_threads]
    return {
        "pytorch_ms": torch_ms, "pytorch_threads": torch_threads, "gradlens_ms": our_ms, "gradlens_threads": our_threads, "ratio": torch_ms / our_ms,
        "gflops": statistics.median(row["gflops"] for row in of_best), "share_of_peak": statistics.median(row["share_of_peak"] for row in of_best),
        "pytorch_peak_memory_mb": pytorch_peak_memory_mb(file, name, torch_threads), "gradlens_peak_memory_mb": max(row["peak_memory_mb"] for row in of_best),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="workloads (default: all)")
    parser.add_argument("--peer", type=pathlib.Path, default=ROOT.parent / "shared" / "peers", help="torch_bench.py or its folder")
    parser.add_argument("--program", default=str(ROOT / ".build" / "release" / "app" / "gradlens-cli"), help="gradlens-cli")
    parser.add_argument("--threads", default="1,2", help="numbers of threads to try (default: 1,2)")
    parser.add_argument("--rounds", type=int, default=5, help="turns of each program (default: 5)")
    parser.add_argument("--seconds", type=float, default=0.5, help="of each turn (default: 0.5)")
    parser.add_argument("--slow-blas", action="store_true", help="go on although PyTorch's matrix products are slow")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    args = parser.parse_args()
    args.threads = [int(threads) for threads in args.threads.split(",")]
    file, peer = load_peer(args.peer)
    if not pathlib.Path(args.program).is_file():
        skip(f"there is no {args.program}; --program says where gradlens-cli is")
    import torch

    torch.set_flush_denormal(True)
    if sgemm_gflops() < SLOW_BLAS_GFLOPS and not args.slow_blas:
        skip(f"PyTorch reaches {sgemm_gflops():.0f} GFLOP/s in matrix products: it runs on the reference BLAS (apt-get install libopenblas0-pthread)")
    if os.getloadavg()[0] > 0.5 * (os.cpu_count() or 1):
        print(f"warning: the machine is busy (load {os.getloadavg()[0]:.1f}); PyTorch's threads suffer more from that than others", file=sys.stderr)
    unknown = [name for name in args.names if name not in peer.WORKLOADS]
    if unknown:
        parser.error(f"no workload is called {unknown[0]}; there are {', '.join(peer.WORKLOADS)}")
    results, failed = {}, {}
    if not args.json:
        print(f"{'workload':10s} {'PyTorch':>16s} {'Gradlens':>16s} {'ratio':>8s} {'of peak':>8s} {'memory, MB':>16s}")
    for name in args.names or peer.WORKLOADS:
        try:
            row = results[name] = compare(args, file, peer, name)
        except RuntimeError as error:
            failed[name] = str(error)
            print(f"{name:10s} {error}", file=sys.stderr)
            continue
        if not args.json:
            print(f"{name:10s} {row['pytorch_ms']:10.3f} ms /{row['pytorch_threads']} {row['gradlens_ms']:10.3f} ms /{row['gradlens_threads']} {row['ratio']:7.2f}x {100 * row['share_of_peak']:7.0f}% "
                  f"{row['pytorch_peak_memory_mb']:7.0f} {row['gradlens_peak_memory_mb']:8.0f}", flush=True)
    mean = math.exp(statistics.fmean(math.log(row["ratio"]) for row in results.values())) if results else math.nan
    if args.json:
        json.dump({"torch": torch.__version__, "geometric_mean": mean, "workloads": results, "failed": failed}, sys.stdout, indent=2)
        print()
    elif results:
        print(f"\ngeometric mean {mean:.2f}x; smallest {min(row['ratio'] for row in results.values()):.2f}x")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
