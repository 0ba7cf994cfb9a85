"""Decoder layers of LLaMA and Gemma, their norms and rotary positions."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from .attention import Attention, attend
from .sizes import POSITIONS, ROPE_BASE, LayerSizes

INIT = 0.05
EPSILON = 1e-6

Rotary = tuple[Tensor, Tensor]


def matrix(rows: int, columns: int) -> nn.Parameter:
    return nn.Parameter(torch.randn(rows, columns) * INIT)


class RmsNorm(nn.Module):
    """Root mean square norm in float32; Gemma stores its weight as an offset from 1."""

    def __init__(self, size: int, gemma: bool = False) -> None:
        super().__init__()
        self.plus = 1.0 if gemma else 0.0
        self.weight = nn.Parameter(torch.zeros(size) if gemma else torch.ones(size))

    def forward(self, x: Tensor) -> Tensor:
        wide = x.float()
        normed = wide * torch.rsqrt(wide.square().mean(-1, keepdim=True) + EPSILON)
        return (normed * (self.weight + self.plus)).to(x.dtype)


class RotaryTables(nn.Module):
    """Cosines and sines by position, computed in float64."""

    def __init__(self, head_size: int) -> None:
        super().__init__()
        half = head_size // 2
        frequencies = ROPE_BASE ** (-torch.arange(half, dtype=torch.float64) / half)
        angles = torch.arange(POSITIONS, dtype=torch.float64)[:, None] * frequencies
        self.register_buffer("cosine", angles.cos().float(), persistent=False)
        self.register_buffer("sine", angles.sin().float(), persistent=False)

    def forward(self, positions: Tensor) -> Rotary:
        """`[batch, rows]` → two of `[batch, rows, 1, half]`."""
        return self.cosine[positions][:, :, None], self.sine[positions][:, :, None]


def rotate(x: Tensor, rotary: Rotary) -> Tensor:
    cosine, sine = rotary
    first, second = x.float().chunk(2, dim=-1)
    return torch.cat((first * cosine - second * sine, second * cosine + first * sine), dim=-1).to(x.dtype)


class DecoderLayer(nn.Module):
    """A pre-norm layer with a gated MLP. Queries, keys and values are one matrix, and so are gate and up."""

    def __init__(self, sizes: LayerSizes) -> None:
        super().__init__()
        self.sizes = sizes
        width = sizes.heads * sizes.head_size
        self.norm1 = RmsNorm(sizes.hidden, sizes.gemma)
        self.norm2 = RmsNorm(sizes.hidden, sizes.gemma)
        self.qkv = matrix(3 * width, sizes.hidden)
        self.out = matrix(sizes.hidden, width)
        self.gate_up = matrix(2 * sizes.intermediate, sizes.hidden)
        self.down = matrix(sizes.hidden, sizes.intermediate)

    def forward(self, x: Tensor, rotary: Rotary, how: Attention) -> tuple[Tensor, Tensor, Tensor]:
        """The rows after this layer, and the rotated keys and the values of all rows."""
        query, key, value = self.project(x, rotary)
        return self.finish(x, attend(query, key, value, how)), key, value

    def project(self, x: Tensor, rotary: Rotary) -> tuple[Tensor, Tensor, Tensor]:
        """Rotated queries and keys, and values, `[batch, rows, heads, size]`."""
        fused = functional.linear(self.norm1(x), self.qkv)
        query, key, value = fused.unflatten(-1, (3, self.sizes.heads, -1)).unbind(2)
        return rotate(query, rotary), rotate(key, rotary), value

    def finish(self, x: Tensor, attended: Tensor) -> Tensor:
        middle = x + functional.linear(attended.flatten(2), self.out)
        gate, up = functional.linear(self.norm2(middle), self.gate_up).chunk(2, dim=-1)
        gated = functional.gelu(gate, approximate="tanh") if self.sizes.gemma else functional.silu(gate)
        return middle + functional.linear(gated * up, self.down)

    def tensors(self, prefix: str) -> dict[str, Tensor]:
        """Weights under their names in a checkpoint."""
        query, key, value = self.qkv.chunk(3)
        gate, up = self.gate_up.chunk(2)
        named = {
            "self_attn.q_proj": query,
            "self_attn.k_proj": key,
            "self_attn.v_proj": value,
            "self_attn.o_proj": self.out,
            "mlp.gate_proj": gate,
            "mlp.up_proj": up,
            "mlp.down_proj": self.down,
            "input_layernorm": self.norm1.weight,
            "post_attention_layernorm": self.norm2.weight,
        }
        return {f"{prefix}{name}.weight": tensor for name, tensor in named.items()}


def linear(inputs: int, outputs: int) -> nn.Linear:
    made = nn.Linear(inputs, outputs)
    nn.init.normal_(made.weight, std=INIT)
    nn.init.zeros_(made.bias)
    return made


def linear_tensors(name: str, module: nn.Linear | nn.LayerNorm) -> dict[str, Tensor]:
    return {f"{name}.weight": module.weight, f"{name}.bias": module.bias}
