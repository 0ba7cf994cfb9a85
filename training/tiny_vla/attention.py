"""Attention over padded rows: which rows see which, and the fastest kernel that can do it."""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional


class Attention(NamedTuple):
    """How rows attend: `causal`, `mask` (bool, true where a row sees a column), `packed` (int32 starts) or `open`."""

    kind: str
    tensor: Tensor | None = None


def packed_kernel_works(device: torch.device) -> bool:
    """Whether PyTorch's variable-length flash attention runs here and agrees with plain attention, both ways."""
    if device.type != "cuda":
        return False
    try:
        generator = torch.Generator(device).manual_seed(0)
        lengths = torch.tensor([5, 8, 1], device=device)
        qkv = torch.randn(3, 3, 8, 2, 32, device=device, generator=generator).to(torch.bfloat16)
        results = []
        for kind in (mask_padding(lengths, 8), pack_padding(lengths, 8)):
            given = qkv.clone().requires_grad_()
            real = torch.arange(8, device=device) < lengths[:, None]
            out = attend(given[0], given[1], given[2], kind) * real[:, :, None, None]
            out.float().square().sum().backward()
            results.append((out.detach().float(), given.grad.float()))
        return all(torch.allclose(a, b, atol=0.05, rtol=0.05) for a, b in zip(*results, strict=True))
    except Exception as error:  # any failure of an optional kernel means the same: do without it
        print(f"variable-length attention is not available: {error}", flush=True)
        return False


def mask_padding(real: Tensor, rows: int) -> Attention:
    """Every row sees the first `real[b]` of `rows` columns."""
    columns = torch.arange(rows, device=real.device)
    return Attention("mask", (columns < real[:, None])[:, None, None, :])


def pack_padding(real: Tensor, rows: int) -> Attention:
    """The same for real rows, as two sequences a sample: its real rows, and its padding."""
    first = torch.arange(len(real), device=real.device) * rows
    ends = torch.stack((first + real, first + rows), dim=1).flatten()
    return Attention("packed", functional.pad(ends, (1, 0)).to(torch.int32))


def attend(query: Tensor, key: Tensor, value: Tensor, how: Attention) -> Tensor:
    """`[batch, rows, heads, size]` each → the same shape as `query`."""
    if how.kind == "packed":
        from torch.nn.attention.varlen import varlen_attn

        rows = query.shape[1]
        flat = [x.reshape(-1, *x.shape[2:]) for x in (query, key, value)]
        return varlen_attn(*flat, how.tensor, how.tensor, rows, rows).reshape(query.shape)
    mixed = functional.scaled_dot_product_attention(
        query.transpose(1, 2),
        key.transpose(1, 2),
        value.transpose(1, 2),
        attn_mask=how.tensor if how.kind == "mask" else None,
        is_causal=how.kind == "causal",
    )
    return mixed.transpose(1, 2)
