"""Actions as tokens: OpenVLA's 256 bins, which count down from the end of the vocabulary."""

import torch
from torch import Tensor

from .sizes import BINS, PADDING, VOCABULARY

END = VOCABULARY - PADDING
SPREAD, REACH = 4.0, 12
"""Deviation and half width of a soft target, in bins: 0.03 of an action, less than can be seen in a picture."""


def to_tokens(actions: Tensor) -> Tensor:
    """−1 … 1 → token ids; as `np.digitize(x, np.linspace(-1, 1, 256))` has it."""
    edges = torch.linspace(-1, 1, BINS, device=actions.device)
    return END - torch.bucketize(actions.contiguous(), edges, right=True)


def from_tokens(tokens: Tensor) -> Tensor:
    """Token ids → centres of their bins."""
    step = 2 / (BINS - 1)
    return -1 + ((END - tokens - 1).clamp(0, BINS - 2) + 0.5) * step


def soft_cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    """Mean over tokens of the cross-entropy with a Gaussian around each target bin, cut off at the outermost bins.

    Neighbouring bins mean nearly the same action: with one right bin alone a small policy learns too slowly which are
    close, and the likeliest bin is a random one near the right one.
    """
    offsets = torch.arange(-REACH, REACH + 1, device=targets.device)
    tokens = targets[..., None] + offsets
    inside = (tokens >= END - BINS) & (tokens < END)
    shares = (-0.5 * (offsets / SPREAD).square()).exp() * inside
    shares = shares / shares.sum(-1, keepdim=True)
    likelihoods = logits.log_softmax(-1).gather(-1, tokens.clamp(END - BINS, END - 1))
    return -(shares * likelihoods).sum(-1).mean()
