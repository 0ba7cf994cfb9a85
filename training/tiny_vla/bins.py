"""Actions as tokens: OpenVLA's 256 bins, which count down from the end of the vocabulary."""

import torch
from torch import Tensor

from .sizes import BINS, PADDING, VOCABULARY

END = VOCABULARY - PADDING


def to_tokens(actions: Tensor) -> Tensor:
    """−1 … 1 → token ids; as `np.digitize(x, np.linspace(-1, 1, 256))` has it."""
    edges = torch.linspace(-1, 1, BINS, device=actions.device)
    return END - torch.bucketize(actions.contiguous(), edges, right=True)


def from_tokens(tokens: Tensor) -> Tensor:
    """Token ids → centres of their bins."""
    step = 2 / (BINS - 1)
    return -1 + ((END - tokens - 1).clamp(0, BINS - 2) + 0.5) * step
