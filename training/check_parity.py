"""Checks that the runtime computes what PyTorch computes: random weights, converted, on random observations.

    python3 training/check_parity.py [--policy openvla oft pi0]
"""

import argparse
import json
import os
import struct
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

import numpy as np
import torch

from tiny_vla.batch import Batch
from tiny_vla.export import write_checkpoint
from tiny_vla.policies import POLICIES
from tiny_vla.sizes import EMPTY_TOKEN, HORIZON, PATCHES, SIDE, STATE
from tiny_vla.statistics import Statistics, statistics_of

ROOT = Path(__file__).resolve().parents[1]
CLI = ["node", "--import", "tsx", "--conditions=@vla-pruner/source", "tools/run-cli.ts"]
CAMERAS = ("image", "wrist_image")
TOLERANCE = 1e-3
STEPS = 3


def run_cli(*arguments: str | Path) -> str:
    done = subprocess.run([*CLI, *map(str, arguments)], cwd=ROOT, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"vla-pruner {arguments[0]} failed:\n{done.stderr}")
    return done.stdout


def png(pixels: np.ndarray) -> bytes:
    """An RGB picture `[height, width, 3]`, every row unfiltered."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    height, width, _ = pixels.shape
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def observations(policy: str, folder: Path, random: np.random.Generator) -> tuple[Batch, np.ndarray]:
    """The same random steps as a batch and as an episode file; prompts of different lengths."""
    views = POLICIES[policy].views
    pixels = random.integers(0, 256, (STEPS, views, SIDE, SIDE, 3), dtype=np.uint8)
    state = random.uniform(-1, 1, (STEPS, STATE)).astype(np.float32)
    noise = random.standard_normal((STEPS, HORIZON, 32)).astype(np.float32)
    prompts = [[1, *random.integers(3, EMPTY_TOKEN, 9 + 4 * step).tolist(), EMPTY_TOKEN] for step in range(STEPS)]
    lines = []
    for step, ids in enumerate(prompts):
        images = {camera: f"{step}-{camera}.png" for camera in CAMERAS[:views]}
        for view, name in enumerate(images.values()):
            (folder / name).write_bytes(png(pixels[step, view]))
        noise[step].tofile(folder / f"{step}.noise")
        line = {"images": images, "input_ids": ids, "state": state[step].tolist()}
        lines.append(json.dumps(line | ({"noise": f"{step}.noise"} if policy == "pi0" else {})))
    (folder / "episode.jsonl").write_text("\n".join(lines) + "\n")
    longest = max(map(len, prompts))
    nothing = torch.zeros(STEPS, views * PATCHES, dtype=torch.uint8)
    batch = Batch(
        pixels=torch.from_numpy(pixels),
        classes=nothing,
        roles=nothing,
        state=torch.from_numpy(state),
        actions=torch.zeros(STEPS, 16, 7),
        points=torch.zeros(STEPS, 2, 3),
        ids=torch.tensor([ids + [0] * (longest - len(ids)) for ids in prompts]),
        lengths=torch.tensor([len(ids) for ids in prompts]),
    )
    return batch, noise


def random_statistics(random: np.random.Generator) -> Statistics:
    return statistics_of(random.uniform(-1, 0.5, (500, 16, 7)), random.uniform(-2, 2, (500, STATE)))


@torch.inference_mode()
def check(policy: str, folder: Path) -> float:
    """Largest difference of an action; for OpenVLA the tokens must be the same."""
    torch.manual_seed(0)
    random = np.random.default_rng(0)
    statistics = random_statistics(random)
    model = POLICIES[policy](statistics).eval()
    write_checkpoint(
        model.checkpoint(statistics), folder / "checkpoint", data=None, training={}, dtype=torch.float32
    )
    batch, noise = observations(policy, folder, random)
    run_cli("convert", folder / "checkpoint", "--out", folder / "model", "--views", str(model.views))
    printed = run_cli("act", folder / "model", "--episode", folder / "episode.jsonl", "--pruner", "keep-all", "--json")
    steps = [json.loads(line) for line in printed.splitlines()]
    given = np.array([step["action"] for step in steps])
    if policy == "openvla":
        tokens = model.tokens(batch, model.model.visual_tokens(batch.pixels)).tolist()
        if tokens != [step["tokens"] for step in steps]:
            sys.exit(f"openvla: tokens {[step['tokens'] for step in steps]}, PyTorch has {tokens}")
    if policy == "pi0":
        wanted = model.denoise(batch, torch.from_numpy(noise))
    else:
        wanted = model.act(batch)
    spread = wanted.std(dim=0).max().item()
    difference = np.abs(given - wanted.numpy()).max().item()
    print(f"{policy}: actions {given.shape} differ by {difference:.1e} at most; steps spread by {spread:.3f}", flush=True)
    return difference


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--policy", nargs="+", choices=POLICIES, default=list(POLICIES))
    options = parser.parse_args()
    torch.set_num_threads(min(2, os.cpu_count() or 1))
    failed = []
    for policy in options.policy:
        with tempfile.TemporaryDirectory() as folder:
            if not check(policy, Path(folder)) < TOLERANCE:
                failed.append(policy)
    if failed:
        sys.exit(f"not the same within {TOLERANCE}: {', '.join(failed)}")


if __name__ == "__main__":
    main()
