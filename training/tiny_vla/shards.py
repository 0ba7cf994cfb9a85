"""Shards of demonstrations: raw arrays, a file a field; `NAME.json` comes last and says that all are whole."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .sizes import ACTION, PATCHES, SIDE, STATE

CHUNK = 16


@dataclass(frozen=True)
class Shard:
    """Arrays of `count` samples; what each holds stands in collect/shard-writer.ts."""

    frames: np.ndarray  # uint8 [n, views, side, side, 3]
    classes: np.ndarray  # uint8 [n, views, patches]
    roles: np.ndarray  # uint8 [n, views, patches]
    states: np.ndarray  # float32 [n, 8]
    actions: np.ndarray  # float32 [n, 16, 7]
    points: np.ndarray  # float32 [n, 2, 3]
    instructions: np.ndarray  # int32 [n]
    sources: np.ndarray  # uint8 [n]

    def __len__(self) -> int:
        return len(self.sources)


class ShardError(ValueError):
    """A shard that is not what its description says."""


def student_of(description: Path) -> str | None:
    """Who drove in a shard where the expert did not drive alone.

    Raises `ShardError` where the description cannot be read.
    """
    try:
        return json.loads(description.read_text()).get("student")
    except (OSError, AttributeError, json.JSONDecodeError) as error:
        raise ShardError(f"{description.name}: {error!r}") from error


def read_shard(description: Path, views: int) -> Shard:
    """The first `views` cameras of a shard.

    Raises `ShardError` where a file is missing, too short or too long, or where numbers are not finite.
    """
    try:
        told = json.loads(description.read_text())
        count, seen = int(told["count"]), int(told["views"])
        if (told["size"], told["chunk"], told["state"]) != (SIDE, CHUNK, STATE) or seen < views:
            raise ShardError(f"{description.name}: pictures, chunks or states of other sizes: {told}")
        shape = (count, seen)
        shard = Shard(
            frames=read(description, "frames.u8", "u1", (*shape, SIDE, SIDE, 3))[:, :views],
            classes=read(description, "patches.u8", "u1", (*shape, PATCHES))[:, :views],
            roles=read(description, "roles.u8", "u1", (*shape, PATCHES))[:, :views],
            states=read(description, "states.f32", "<f4", (count, STATE)),
            actions=read(description, "actions.f32", "<f4", (count, CHUNK, ACTION)),
            points=read(description, "points.f32", "<f4", (count, 2, 3)),
            instructions=read(description, "instructions.i32", "<i4", (count,)),
            sources=read(description, "sources.u8", "u1", (count,)),
        )
    except (OSError, KeyError, TypeError, json.JSONDecodeError) as error:
        raise ShardError(f"{description.name}: {error!r}") from error
    for name in ("states", "actions", "points"):
        if not np.isfinite(getattr(shard, name)).all():
            raise ShardError(f"{description.name}: {name} with numbers that are not finite")
    return shard


def read(description: Path, suffix: str, dtype: str, shape: tuple[int, ...]) -> np.ndarray:
    path = description.with_suffix(f".{suffix}")
    values = np.fromfile(path, dtype=dtype)
    if values.size != np.prod(shape):
        raise ShardError(f"{path.name}: {values.size} values, expected {np.prod(shape)}")
    return values.reshape(shape)
