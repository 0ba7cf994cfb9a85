"""Compares a trained checkpoint in PyTorch and in the runtime, and both with the expert, on samples of shards.

    python3 training/check_samples.py --policy oft --checkpoint OUT/oft/dropout --data DATA

The runtime gets what it gets from a user: PNG files and the instruction's words. PyTorch gets the shard's pixels and
the token ids of instructions.json.
"""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch

from check_parity import CAMERAS, png, run_cli
from tiny_vla.batch import Batch
from tiny_vla.policies import POLICIES
from tiny_vla.pool import Pool, Prompts
from tiny_vla.resume import begin_from
from tiny_vla.shards import read_shard
from tiny_vla.sizes import HORIZON
from tiny_vla.statistics import unit_statistics

CPU = torch.device("cpu")
PART = 8
TOLERANCE = 1e-3
AGREEING = 0.98
"""Share of the actions that must agree: half precision may turn a near tie between two tokens."""
DIMENSIONS = ("x", "y", "z", "roll", "pitch", "yaw", "gripper")


def drawn(options: argparse.Namespace) -> tuple[Batch, list[str]]:
    """Evenly chosen samples of all shards of a folder, and their instructions' words."""
    instructions = json.loads((options.data / "instructions.json").read_text())
    kind = POLICIES[options.policy]
    shards = [read_shard(path.with_suffix("").with_suffix(".json"), kind.views) for path in sorted(options.data.glob("*.sources.u8"))]
    pool = Pool(sum(map(len, shards)), kind.views, Prompts(instructions, kind.prompt, CPU), CPU)
    for shard in shards:
        pool.add(shard)
    places = torch.linspace(0, pool.added - 1, min(options.samples, pool.added)).long()
    return pool.batch(places), [instructions[row]["text"] for row in pool.instructions[places].tolist()]


def runtime_actions(options: argparse.Namespace, batch: Batch, words: list[str], noise: np.ndarray, folder: Path) -> np.ndarray:
    """`[samples, chunk, 7]` as `vla-pruner act` prints them."""
    views = batch.pixels.shape[1]
    lines = []
    for step, text in enumerate(words):
        images = {camera: f"{step}-{camera}.png" for camera in CAMERAS[:views]}
        for view, name in enumerate(images.values()):
            (folder / name).write_bytes(png(batch.pixels[step, view].numpy()))
        noise[step].tofile(folder / f"{step}.noise")
        line = {"images": images, "instruction": text, "state": batch.state[step].tolist()}
        lines.append(json.dumps(line | ({"noise": f"{step}.noise"} if options.policy == "pi0" else {})))
    (folder / "episode.jsonl").write_text("\n".join(lines) + "\n")
    run_cli("convert", options.checkpoint, "--out", folder / "model", "--views", str(views))
    printed = run_cli("act", folder / "model", "--episode", folder / "episode.jsonl", "--pruner", "keep-all", "--json")
    return np.array([json.loads(line)["action"] for line in printed.splitlines()])


@torch.inference_mode()
def torch_actions(options: argparse.Namespace, batch: Batch, noise: np.ndarray) -> np.ndarray:
    model = POLICIES[options.policy](unit_statistics()).eval()
    model.set_statistics(begin_from(model, options.policy, options.checkpoint).statistics)
    given = []
    for start in range(0, len(batch.ids), PART):
        part = Batch(*(field[start : start + PART] for field in batch))
        draws = torch.from_numpy(noise[start : start + PART])
        given.append(model.denoise(part, draws) if options.policy == "pi0" else model.act(part))
    return torch.cat(given).numpy()


def row(name: str, values: np.ndarray) -> str:
    return f"{name:<28}" + "".join(f"{value:>9.4f}" for value in values) + f"{values.mean():>9.4f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--policy", choices=POLICIES, required=True)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--samples", type=int, default=60)
    options = parser.parse_args()
    torch.set_num_threads(min(2, os.cpu_count() or 1))
    batch, words = drawn(options)
    noise = np.random.default_rng(0).standard_normal((len(words), HORIZON, 32)).astype(np.float32)
    ours = torch_actions(options, batch, noise)
    with tempfile.TemporaryDirectory() as folder:
        theirs = runtime_actions(options, batch, words, noise, Path(folder))
    expert = batch.actions[:, : ours.shape[1]].numpy()

    def mean(difference: np.ndarray) -> np.ndarray:
        return np.abs(difference).mean(axis=(0, 1))

    apart = np.abs(ours - theirs).max(axis=(1, 2))
    agreeing = (apart < TOLERANCE).mean()
    print(f"{options.policy}: {len(words)} samples, {agreeing:.1%} of the chunks agree within {TOLERANCE}, {apart.max():.1e} at most")
    print(" " * 28 + "".join(f"{name:>9}" for name in (*DIMENSIONS, "all")))
    print(row("runtime against PyTorch", mean(theirs - ours)))
    print(row("PyTorch against the expert", mean(ours - expert)))
    print(row("runtime against the expert", mean(theirs - expert)))
    print(row("no motion against the expert", mean(expert)))
    if agreeing < AGREEING:
        sys.exit(f"only {agreeing:.1%} of the chunks agree")


if __name__ == "__main__":
    main()
