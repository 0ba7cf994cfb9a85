"""Losses that stand in for a pretrained vision tower. They exist in training alone: nothing of them is exported."""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from .batch import Batch, Kept
from .layers import linear

WEIGHTS = {"action": 1.0, "patches": 0.5, "pointer": 0.2, "points": 0.5}
POINTER = 64
METRES = 0.1
"""Length that counts as 1 in the loss of the points."""


class Seen(NamedTuple):
    """What the auxiliary losses read of a pass."""

    features: Tensor  # [batch, visual, hidden], all of them, as the projector gives them
    kept: Kept
    token: Tensor  # [batch, hidden]: the row that is to know where things are


class Auxiliary(nn.Module):
    """What each patch shows; where the current object and target are, as patches and in metres."""

    def __init__(self, hidden: int, classes: int) -> None:
        super().__init__()
        self.patches = linear(hidden, classes)
        self.query = linear(hidden, 2 * POINTER)
        self.key = linear(hidden, POINTER)
        self.points = nn.Sequential(linear(hidden, hidden), nn.GELU(), linear(hidden, 6))

    def forward(self, batch: Batch, seen: Seen) -> dict[str, Tensor]:
        logits = self.patches(seen.features).float().flatten(0, 1)
        token = seen.token.float()
        points = self.points(token).unflatten(-1, (2, 3))
        return {
            "patches": functional.cross_entropy(logits, batch.classes.flatten().long()),
            "pointer": self.pointer(batch, seen, token),
            "points": functional.smooth_l1_loss(points, batch.points / METRES),
        }

    def pointer(self, batch: Batch, seen: Seen, token: Tensor) -> Tensor:
        """−log of the share that falls on patches of the right role, where any is in sight."""
        query = self.query(token).unflatten(-1, (2, POINTER))
        key = self.key(seen.kept.of(seen.features)).to(query.dtype)
        shares = (torch.einsum("brd,bpd->brp", query, key).float() / POINTER**0.5).log_softmax(-1)
        roles = seen.kept.of(batch.roles.long())
        right = torch.stack((roles == 1, roles == 2), dim=1)
        missed = -shares.masked_fill(~right, -1e4).logsumexp(-1)
        visible = right.any(-1)
        return missed.masked_fill(~visible, 0).sum() / visible.sum().clamp_min(1)
