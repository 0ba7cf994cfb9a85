"""The formulas of the three families between robot units and model units."""

import torch
from torch import Tensor, nn

from .statistics import GRIPPER, Statistics, Vector


class Bounds(nn.Module):
    """Quantiles to −1 … 1 and clipped (OpenVLA); the gripper of an action passes as it is."""

    def __init__(self, vector: Vector, gripper: int | None) -> None:
        super().__init__()
        self.gripper = gripper
        self.register_buffer("low", torch.tensor(vector.q01), persistent=False)
        self.register_buffer("high", torch.tensor(vector.q99), persistent=False)

    def to_model(self, x: Tensor) -> Tensor:
        scaled = 2 * (x - self.low) / (self.high - self.low + 1e-8) - 1
        return self.passed(scaled, x).clamp(-1, 1)

    def to_robot(self, x: Tensor) -> Tensor:
        return self.passed(0.5 * (x + 1) * (self.high - self.low) + self.low, x)

    def passed(self, scaled: Tensor, x: Tensor) -> Tensor:
        if self.gripper is None:
            return scaled
        part = torch.arange(x.shape[-1], device=x.device) == self.gripper
        return torch.where(part, x, scaled)


class ZScore(nn.Module):
    """Mean 0 and deviation 1 (openpi's π0)."""

    def __init__(self, vector: Vector) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(vector.mean), persistent=False)
        self.register_buffer("std", torch.tensor(vector.std) + 1e-6, persistent=False)

    def to_model(self, x: Tensor) -> Tensor:
        return (x - self.mean) / self.std

    def to_robot(self, x: Tensor) -> Tensor:
        return x * self.std + self.mean


def action_bounds(statistics: Statistics) -> Bounds:
    return Bounds(statistics.action, GRIPPER)


def state_bounds(statistics: Statistics) -> Bounds:
    return Bounds(statistics.state, None)
