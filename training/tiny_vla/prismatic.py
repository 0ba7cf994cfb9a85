"""What OpenVLA and OpenVLA-OFT share: fused towers, projector, LLaMA decoder, their tensors and config."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from .attention import Attention
from .layers import EPSILON, DecoderLayer, RmsNorm, RotaryTables, linear, linear_tensors, matrix
from .sizes import BINS, DECODER, EMPTY_TOKEN, LAYERS, PADDING, POSITIONS, SIDE, VOCABULARY
from .towers import Tower, patches_of

WIDTH, HEADS = 96, 3
DEPTH = 4
"""Blocks of a tower. As in every Prismatic model the output of the second-to-last one counts: three run."""
IMAGENET = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
HALF = ([0.5, 0.5, 0.5], [0.5, 0.5, 0.5])


class Prismatic(nn.Module):
    """Pixels → visual tokens; rows → rows through the decoder."""

    def __init__(self) -> None:
        super().__init__()
        self.dino = Tower(WIDTH, HEADS, DEPTH, front=5, scale=True)
        self.siglip = Tower(WIDTH, HEADS, DEPTH)
        self.fc1 = linear(2 * WIDTH, 8 * WIDTH)
        self.fc2 = linear(8 * WIDTH, DECODER.hidden)
        self.fc3 = linear(DECODER.hidden, DECODER.hidden)
        self.words = matrix(VOCABULARY, DECODER.hidden)
        self.layers = nn.ModuleList(DecoderLayer(DECODER) for _ in range(LAYERS))
        self.norm = RmsNorm(DECODER.hidden)
        self.head = matrix(VOCABULARY, DECODER.hidden)
        self.rotary = RotaryTables(DECODER.head_size)
        for name, values in zip(("means", "deviations"), zip(IMAGENET, HALF, strict=True), strict=True):
            self.register_buffer(name, torch.tensor(values), persistent=False)

    def visual_tokens(self, pixels: Tensor) -> Tensor:
        """`[batch, views, side, side, 3]` → `[batch, views · patches, hidden]`."""
        batch, views = pixels.shape[:2]
        unit = pixels.flatten(0, 1).float() / 255
        seen = [
            tower(patches_of((unit - mean) / deviation), DEPTH - 1)
            for tower, mean, deviation in zip((self.dino, self.siglip), self.means, self.deviations, strict=True)
        ]
        joined = torch.cat(seen, dim=-1)
        projected = self.fc3(functional.gelu(self.fc2(functional.gelu(self.fc1(joined)))))
        return projected.unflatten(0, (batch, views)).flatten(1, 2)

    def decode(self, x: Tensor, positions: Tensor, how: Attention) -> Tensor:
        """`[batch, rows, hidden]` → the same after all layers, not yet normed, float32."""
        rotary = self.rotary(positions)
        for layer in self.layers:
            x, _, _ = layer(x, rotary, how)
        return x.float()

    def tensors(self) -> dict[str, Tensor]:
        named = self.dino.timm_tensors("vision_backbone.featurizer.")
        named |= self.siglip.timm_tensors("vision_backbone.fused_featurizer.")
        for name in ("fc1", "fc2", "fc3"):
            named |= linear_tensors(f"projector.{name}", getattr(self, name))
        named["language_model.model.embed_tokens.weight"] = self.words
        for index, layer in enumerate(self.layers):
            named |= layer.tensors(f"language_model.model.layers.{index}.")
        named["language_model.model.norm.weight"] = self.norm.weight
        named["language_model.lm_head.weight"] = self.head
        return named


CONFIG: dict[str, Any] = {
    "architectures": ["OpenVLAForActionPrediction"],
    "model_type": "openvla",
    "image_resize_strategy": "resize-naive",
    "image_sizes": [SIDE, SIDE],
    "n_action_bins": BINS,
    "pad_to_multiple_of": PADDING,
    "use_fused_vision_backbone": True,
    "vision_heads": [HEADS, HEADS],
    "empty_token_id": EMPTY_TOKEN,
    "text_config": {
        "model_type": "llama",
        "hidden_size": DECODER.hidden,
        "intermediate_size": DECODER.intermediate,
        "num_hidden_layers": LAYERS,
        "num_attention_heads": DECODER.heads,
        "num_key_value_heads": DECODER.heads,
        "vocab_size": VOCABULARY,
        "max_position_embeddings": POSITIONS,
        "rms_norm_eps": EPSILON,
    },
}

PREPROCESSOR: dict[str, Any] = {
    "image_processor_type": "PrismaticImageProcessor",
    "processor_class": "PrismaticProcessor",
    "image_resize_strategy": "resize-naive",
    "input_sizes": [[3, SIDE, SIDE], [3, SIDE, SIDE]],
    "interpolations": ["bicubic", "bicubic"],
    "means": [IMAGENET[0], HALF[0]],
    "stds": [IMAGENET[1], HALF[1]],
}
