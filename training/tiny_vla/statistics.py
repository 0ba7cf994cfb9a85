"""Normalisation statistics, from the first samples of a data set and fixed from then on."""

from dataclasses import asdict, dataclass

import numpy as np

from .sizes import ACTION, STATE

# Bounds are wider than the 1 % and 99 % quantiles that give their keys the name: turning is rare in the data, and
# must not be clipped off.
LOW, HIGH = 0.001, 0.999
# A part that hardly moves is not blown up.
NARROWEST = 0.02
GRIPPER = ACTION - 1
NAME = "tabletop"


@dataclass(frozen=True)
class Vector:
    """Statistics of one vector, part by part."""

    q01: list[float]
    q99: list[float]
    mean: list[float]
    std: list[float]


@dataclass(frozen=True)
class Statistics:
    """Actions and states. The gripper of an action is −1 or 1 as it is."""

    action: Vector
    state: Vector

    def to_json(self) -> dict[str, dict[str, list[float]]]:
        return asdict(self)


def statistics_of(actions: np.ndarray, states: np.ndarray) -> Statistics:
    """From actions `[n, chunk, 7]` and states `[n, 8]`."""
    action = vector(actions.reshape(-1, ACTION).astype(np.float64))
    for values, fixed in ((action.q01, -1.0), (action.q99, 1.0), (action.mean, 0.0), (action.std, 1.0)):
        values[GRIPPER] = fixed
    return Statistics(action, vector(states.reshape(-1, STATE).astype(np.float64)))


class StatisticsError(ValueError):
    """Statistics with parts that are missing, too many, or no bounds and deviations."""


def vector_in(stored: dict[str, list[float]], size: int) -> Vector:
    """A vector of a checkpoint's JSON; what its policy has no use for and does not store is that of −1 … 1.

    Raises `KeyError` without bounds, `StatisticsError` where they cannot be.
    """
    unstored = {"mean": [0.0] * size, "std": [1.0] * size}
    parts = {name: (unstored | stored)[name] for name in ("q01", "q99", "mean", "std")}
    for name, values in parts.items():
        if len(values) != size or not np.isfinite(np.array(values, dtype=np.float64)).all():
            raise StatisticsError(f"{name} is {values}, expected {size} finite numbers")
    made = Vector(**parts)
    if min(high - low for low, high in zip(made.q01, made.q99, strict=True)) <= 0 or min(made.std) <= 0:
        raise StatisticsError("bounds or deviations that span nothing")
    return made


def unit_statistics() -> Statistics:
    """−1 … 1 for everything: for models that no data has been seen of."""
    return Statistics(*(Vector([-1.0] * n, [1.0] * n, [0.0] * n, [1.0] * n) for n in (ACTION, STATE)))


def vector(values: np.ndarray) -> Vector:
    low, high = np.quantile(values, (LOW, HIGH), axis=0)
    middle = (low + high) / 2
    half = np.maximum((high - low) / 2, NARROWEST / 2)
    std = np.maximum(values.std(axis=0), NARROWEST / 2)
    return Vector((middle - half).tolist(), (middle + half).tolist(), values.mean(axis=0).tolist(), std.tolist())
