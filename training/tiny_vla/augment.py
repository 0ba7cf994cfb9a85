"""Photometric augmentation on the device. Geometry stays: labels belong to patches."""

import torch

from .batch import Batch

BRIGHTNESS, CONTRAST, TINT, NOISE = 0.15, 0.15, 0.05, 3.0


def augment(batch: Batch) -> Batch:
    """Brightness, contrast and tint of each picture, noise of each pixel; values stay in 0 … 255."""
    pixels = batch.pixels.float()
    picture = pixels.shape[:2] + (1, 1, 1)

    def around(middle: float, spread: float, *shape: int) -> torch.Tensor:
        return middle + spread * (2 * torch.rand(*shape, device=pixels.device) - 1)

    gain = around(1, CONTRAST, *picture) * around(1, TINT, *picture[:4], 3)
    shift = 255 * around(0, BRIGHTNESS, *picture)
    noisy = (pixels - 128) * gain + 128 + shift + NOISE * torch.randn_like(pixels)
    return batch._replace(pixels=noisy.clamp(0, 255))
