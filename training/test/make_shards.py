"""Synthetic shards: a square on noise, and actions that lead to it. Something to learn, without a simulator.

    python3 training/test/make_shards.py --out DATA --shards 4 --count 200
"""

import argparse
import json
from pathlib import Path

import numpy as np

SIDE, PATCH, CHUNK, STATE, CLASSES = 112, 7, 16, 8, 12
GRID = SIDE // PATCH
COLOURS = np.array([[220, 40, 40], [40, 200, 60], [50, 80, 230], [230, 210, 40]])
SUFFIXES = ("frames.u8", "patches.u8", "roles.u8", "states.f32", "actions.f32", "points.f32", "instructions.i32", "sources.u8")


def write_prompts(folder: Path) -> None:
    """instructions.json as prepare.ts writes it: prompts of different lengths, one a colour."""
    folder.mkdir(parents=True, exist_ok=True)
    words = [[3 + colour] * (3 + colour) for colour in range(len(COLOURS))]
    content = [{"text": f"colour {row[0]}", "openvla": [1, *row, 703], "pi0": [1, *row, 13]} for row in words]
    (folder / "instructions.json").write_text(json.dumps(content))


def write_shard(folder: Path, name: str, count: int, seed: int, source: int = 0, student: str | None = None) -> None:
    """`count` samples; the description comes last, by renaming."""
    random = np.random.default_rng(seed)
    colour = random.integers(0, len(COLOURS), count)
    place = random.integers(2, GRID - 3, (count, 2))
    frames = random.integers(90, 130, (count, 2, SIDE, SIDE, 3), dtype=np.uint8)
    roles = np.zeros((count, 2, GRID, GRID), np.uint8)
    for sample, (row, column) in enumerate(place):
        pixels = slice(row * PATCH, (row + 2) * PATCH), slice(column * PATCH, (column + 2) * PATCH)
        frames[sample, :, *pixels] = COLOURS[colour[sample]]
        roles[sample, :, row : row + 2, column : column + 2] = 1
    classes = np.where(roles > 0, 1 + colour[:, None, None, None], 0).astype(np.uint8)
    goal = (place / (GRID / 2) - 1).astype(np.float32)
    actions = np.zeros((count, CHUNK, 7), np.float32)
    actions[:, :, :2] = goal[:, None]
    actions[:, :, 6] = np.where(goal[:, :1] > 0, 1, -1)
    points = np.zeros((count, 2, 3), np.float32)
    points[:, 0, :2] = goal / 5
    states = random.uniform(-0.5, 0.5, (count, STATE)).astype("<f4")
    sources = np.full(count, source, np.uint8)
    fields = (frames, classes, roles, states, actions, points, colour.astype("<i4"), sources)
    for suffix, values in zip(SUFFIXES, fields, strict=True):
        values.tofile(folder / f"{name}.{suffix}")
    shape = {"count": count, "size": SIDE, "views": 2, "chunk": CHUNK, "state": STATE, "classes": CLASSES}
    if student is not None:
        shape["student"] = student
    (folder / f"{name}.partial").write_text(json.dumps(shape))
    (folder / f"{name}.partial").rename(folder / f"{name}.json")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--shards", type=int, default=4)
    parser.add_argument("--count", type=int, default=200)
    options = parser.parse_args()
    write_prompts(options.out)
    for shard in range(options.shards):
        write_shard(options.out, f"made-{shard:04}", options.count, seed=shard)


if __name__ == "__main__":
    main()
