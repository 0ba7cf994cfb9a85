"""One batch of samples on the training device."""

from typing import NamedTuple

import torch
from torch import Tensor

from .sizes import PATCHES


class Batch(NamedTuple):
    """`views` is what the policy looks at: one or two."""

    pixels: Tensor  # uint8 or float [batch, views, side, side, 3], 0 … 255
    classes: Tensor  # uint8 [batch, views · patches]
    roles: Tensor  # uint8 [batch, views · patches]
    state: Tensor  # [batch, 8], robot units
    actions: Tensor  # [batch, 16, 7], robot units
    points: Tensor  # [batch, 2, 3], metres
    ids: Tensor  # int64 [batch, text], zeros behind the prompt
    lengths: Tensor  # int64 [batch], tokens of each prompt


class Kept(NamedTuple):
    """Visual tokens that the decoder gets, by index, ascending; all of them where `index` is none."""

    index: Tensor | None

    def of(self, x: Tensor) -> Tensor:
        """Rows of `[batch, visual, …]` that stay."""
        if self.index is None:
            return x
        if x.dim() == 2:
            return x.gather(1, self.index)
        return x.gather(1, self.index[:, :, None].expand(-1, -1, x.shape[2]))

    def positions(self, batch: int, visual: int, device: torch.device) -> Tensor:
        """`[batch, kept]`: where the kept tokens stood."""
        return torch.arange(visual, device=device).expand(batch, -1) if self.index is None else self.index


ALL = Kept(None)


def random_kept(batch: int, views: int, keep: int, device: torch.device) -> Kept:
    """`keep` of each view's tokens, drawn evenly."""
    chosen = torch.rand(batch, views, PATCHES, device=device).topk(keep, dim=-1).indices.sort(dim=-1).values
    return Kept((chosen + PATCHES * torch.arange(views, device=device)[:, None]).flatten(1))
