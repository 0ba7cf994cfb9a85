"""Times of a PyTorch call on a GPU, beside those of `bench`."""
import json
import statistics
import sys
import time

import torch

WARMUP, RUNS = 20, 30


def graphed(run):
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(3):
            run()
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        run()
    return graph.replay


def measure(run):
    times = []
    for index in range(WARMUP + RUNS):
        started = time.perf_counter()
        run()
        torch.cuda.synchronize()
        if index >= WARMUP:
            times.append((time.perf_counter() - started) * 1e3)
    times.sort()
    spread = {"p10": times[RUNS // 10], "p90": times[9 * RUNS // 10], "runs": RUNS}
    return {key: round(value, 2) for key, value in {"median": statistics.median(times), **spread}.items()}


def add(report, results, name, compiled, run):
    """Times a call, eagerly where nothing is compiled and in a CUDA graph, and writes the report so far."""
    cell = results.setdefault(name, {})
    if not compiled:
        cell["eager"] = measure(run)
    cell["graph and compile" if compiled else "graph"] = measure(graphed(run))
    print(name, json.dumps(cell), flush=True)
    with open(sys.argv[1], "w") as file:
        json.dump(report, file, indent=1)
