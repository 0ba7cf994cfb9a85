"""Weights of the gripper's rare transitions."""

import torch
from torch import Tensor

from .statistics import GRIPPER


def gripper_weights(actions: Tensor, added: float) -> Tensor:
    """1 everywhere, `1 + added` where the gripper differs from the chunk's first action; `[batch, chunk, 7]`."""
    weights = torch.ones_like(actions)
    if added > 0:
        gripper = actions[..., GRIPPER]
        weights[..., GRIPPER] += added * (gripper.sign() != gripper[:, :1].sign())
    return weights
