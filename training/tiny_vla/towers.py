"""Vision towers under the names of timm (DINOv2, SigLIP) and of Hugging Face (SigLIP)."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from .attention import Attention, attend
from .layers import INIT, linear, linear_tensors
from .sizes import PATCH, PATCHES, SIDE

EPSILON = 1e-6
OPEN = Attention("open")

TIMM = {"norm1": "norm1", "norm2": "norm2", "out": "attn.proj", "fc1": "mlp.fc1", "fc2": "mlp.fc2"}
HUGGING_FACE = {"norm1": "layer_norm1", "norm2": "layer_norm2", "out": "self_attn.out_proj", "fc1": "mlp.fc1", "fc2": "mlp.fc2"}


def patches_of(pixels: Tensor) -> Tensor:
    """`[pictures, side, side, 3]` → `[pictures, patches, 3 · patch · patch]`, as a convolution's kernel lies."""
    grid = SIDE // PATCH
    blocks = pixels.reshape(-1, grid, PATCH, grid, PATCH, 3)
    return blocks.permute(0, 1, 3, 5, 2, 4).flatten(3).flatten(1, 2)


class Block(nn.Module):
    """One pre-norm block with a plain MLP, with or without layer scale."""

    def __init__(self, hidden: int, heads: int, layer_scale: bool, approximate: str) -> None:
        super().__init__()
        self.heads, self.approximate = heads, approximate
        self.norm1 = nn.LayerNorm(hidden, eps=EPSILON)
        self.norm2 = nn.LayerNorm(hidden, eps=EPSILON)
        self.qkv = linear(hidden, 3 * hidden)
        self.out = linear(hidden, hidden)
        self.fc1 = linear(hidden, 4 * hidden)
        self.fc2 = linear(4 * hidden, hidden)
        self.scale1 = nn.Parameter(torch.ones(hidden)) if layer_scale else None
        self.scale2 = nn.Parameter(torch.ones(hidden)) if layer_scale else None

    def forward(self, x: Tensor) -> Tensor:
        query, key, value = self.qkv(self.norm1(x)).unflatten(-1, (3, self.heads, -1)).unbind(2)
        attended = self.out(attend(query, key, value, OPEN).flatten(2))
        x = x + (attended if self.scale1 is None else (attended * self.scale1).to(x.dtype))
        inner = self.fc2(functional.gelu(self.fc1(self.norm2(x)), approximate=self.approximate))
        return x + (inner if self.scale2 is None else (inner * self.scale2).to(x.dtype))

    def tensors(self, prefix: str, names: dict[str, str]) -> dict[str, Tensor]:
        named = {}
        for own, name in names.items():
            named |= linear_tensors(f"{prefix}{name}", getattr(self, own))
        if names is TIMM:
            named |= linear_tensors(f"{prefix}attn.qkv", self.qkv)
        else:
            for name, weight, bias in zip("qkv", self.qkv.weight.chunk(3), self.qkv.bias.chunk(3), strict=True):
                named[f"{prefix}self_attn.{name}_proj.weight"] = weight
                named[f"{prefix}self_attn.{name}_proj.bias"] = bias
        if self.scale1 is not None:
            named |= {f"{prefix}ls1.scale_factor": self.scale1, f"{prefix}ls2.scale_factor": self.scale2}
        return named


class Tower(nn.Module):
    """Patch embedding, positions, blocks. Class and register tokens stand in front and are dropped at the end."""

    def __init__(self, hidden: int, heads: int, depth: int, *, front: int = 0, scale: bool = False, approximate: str = "none"):
        super().__init__()
        self.embed = linear(3 * PATCH * PATCH, hidden)
        self.positions = nn.Parameter(torch.randn(1, PATCHES, hidden) * INIT)
        self.front = nn.Parameter(torch.randn(1, front, hidden) * INIT) if front else None
        self.blocks = nn.ModuleList(Block(hidden, heads, scale, approximate) for _ in range(depth))

    def forward(self, patches: Tensor, depth: int) -> Tensor:
        """Normalised patches → `[pictures, patches, hidden]` after `depth` blocks."""
        x = self.embed(patches)
        x = x + self.positions.to(x.dtype)
        if self.front is not None:
            x = torch.cat((self.front.expand(len(x), -1, -1).to(x.dtype), x), dim=1)
        for block in self.blocks[:depth]:
            x = block(x)
        return x if self.front is None else x[:, self.front.shape[1] :]

    def timm_tensors(self, prefix: str) -> dict[str, Tensor]:
        kernel = self.embed.weight.unflatten(1, (3, PATCH, PATCH))
        named = {f"{prefix}patch_embed.proj.weight": kernel, f"{prefix}patch_embed.proj.bias": self.embed.bias}
        named[f"{prefix}pos_embed"] = self.positions
        if self.front is not None:
            named |= {f"{prefix}cls_token": self.front[:, :1], f"{prefix}reg_token": self.front[:, 1:]}
        for index, block in enumerate(self.blocks):
            named |= block.tensors(f"{prefix}blocks.{index}.", TIMM)
        return named

    def siglip_tensors(self, prefix: str) -> dict[str, Tensor]:
        kernel = self.embed.weight.unflatten(1, (3, PATCH, PATCH))
        named = {
            f"{prefix}embeddings.patch_embedding.weight": kernel,
            f"{prefix}embeddings.patch_embedding.bias": self.embed.bias,
            f"{prefix}embeddings.position_embedding.weight": self.positions[0],
        }
        for index, block in enumerate(self.blocks):
            named |= block.tensors(f"{prefix}encoder.layers.{index}.", HUGGING_FACE)
        return named
