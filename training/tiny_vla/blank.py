"""A batch of nothing, in the shape of real ones: for compilation before there is data."""

import torch

from .batch import Batch
from .pool import Prompts
from .shards import CHUNK
from .sizes import ACTION, PATCHES, SIDE, STATE


def blank_batch(size: int, views: int, prompts: Prompts, device: torch.device) -> Batch:
    rows = torch.arange(size, device=device) % len(prompts)
    return Batch(
        pixels=torch.zeros(size, views, SIDE, SIDE, 3, dtype=torch.uint8, device=device),
        classes=torch.zeros(size, views * PATCHES, dtype=torch.uint8, device=device),
        roles=torch.zeros(size, views * PATCHES, dtype=torch.uint8, device=device),
        state=torch.zeros(size, STATE, device=device),
        actions=torch.zeros(size, CHUNK, ACTION, device=device),
        points=torch.zeros(size, 2, 3, device=device),
        ids=prompts.ids[rows],
        lengths=prompts.lengths[rows],
    )
