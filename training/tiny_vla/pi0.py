"""π0 in miniature: two pictures and words as a prefix, an action expert that denoises a chunk of actions."""

import math
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from .attention import Attention, attend, mask_padding, pack_padding
from .batch import ALL, Batch, Kept
from .auxiliary import Seen
from .gripper import gripper_weights
from .layers import DecoderLayer, RmsNorm, RotaryTables, linear, linear_tensors, matrix
from .normalize import ZScore
from .policy import Checkpoint, LossOptions
from .sizes import ACTION, EXPERT, HORIZON, LAYERS, PATCHES, PREFIX, STATE, TEXT_TOKENS
from .statistics import Statistics, vector_in
from .towers import Tower, patches_of

WIDTH, HEADS, DEPTH = 128, 4, 3
SIZE = 32
STEPS = 10
ROWS = HORIZON + 1
SHORTEST, LONGEST = 4e-3, 4.0
DRAWS = 4
"""Times and noises drawn for each sample: the expert is small beside the prefix."""
PADDED_WEIGHT = 0.1
"""Weight of the padded dimensions: they must leave the noise too, but carry nothing."""

Cache = list[tuple[Tensor, Tensor]]


def time_embedding(time: Tensor) -> Tensor:
    """Sines, then cosines, `[…]` → `[…, expert's hidden]`; periods from 4e−3 to 4 (openpi)."""
    share = torch.linspace(0, 1, EXPERT.hidden // 2, dtype=torch.float64, device=time.device)
    angles = time.double()[..., None] * 2 * math.pi / (SHORTEST * (LONGEST / SHORTEST) ** share)
    return torch.cat((angles.sin(), angles.cos()), dim=-1).float()


def padded(x: Tensor) -> Tensor:
    return functional.pad(x, (0, SIZE - x.shape[-1]))


class Pi0(nn.Module):
    """Noise at time 1, actions at time 0."""

    views = 2
    hidden = PREFIX.hidden
    prompt = "pi0"
    statistics_file = "norm_stats.json"

    def __init__(self, statistics: Statistics, options: LossOptions | None = None) -> None:
        super().__init__()
        self.options = options or LossOptions()
        self.tower = Tower(WIDTH, HEADS, DEPTH, approximate="tanh")
        self.tower_norm = nn.LayerNorm(WIDTH, eps=1e-6)
        self.projector = linear(WIDTH, PREFIX.hidden)
        self.words = matrix(TEXT_TOKENS, PREFIX.hidden)
        self.layers = nn.ModuleList(DecoderLayer(PREFIX) for _ in range(LAYERS))
        self.norm = RmsNorm(PREFIX.hidden, gemma=True)
        self.expert = nn.ModuleList(DecoderLayer(EXPERT) for _ in range(LAYERS))
        self.expert_norm = RmsNorm(EXPERT.hidden, gemma=True)
        self.state_in = linear(SIZE, EXPERT.hidden)
        self.action_in = linear(SIZE, EXPERT.hidden)
        self.time1 = linear(2 * EXPERT.hidden, EXPERT.hidden)
        self.time2 = linear(EXPERT.hidden, EXPERT.hidden)
        self.action_out = linear(EXPERT.hidden, SIZE)
        self.rotary = RotaryTables(PREFIX.head_size)
        self.set_statistics(statistics)

    def set_statistics(self, statistics: Statistics) -> None:
        self.action_norm = ZScore(statistics.action)
        self.state_norm = ZScore(statistics.state)

    def visual_tokens(self, pixels: Tensor) -> Tensor:
        batch, views = pixels.shape[:2]
        patches = patches_of((pixels.flatten(0, 1).float() / 255 - 0.5) / 0.5)
        projected = self.projector(self.tower_norm(self.tower(patches, DEPTH)))
        return projected.unflatten(0, (batch, views)).flatten(1, 2)

    def prefix(self, batch: Batch, features: Tensor, kept: Kept) -> tuple[Cache, Tensor, Tensor]:
        """Keys and values of every layer, which of their rows are real, and the prompt's last row."""
        words = functional.embedding(batch.ids, self.words) * math.sqrt(PREFIX.hidden)
        x = torch.cat((kept.of(features), words.to(features.dtype)), dim=1)
        visual = kept.positions(*features.shape[:2], features.device)
        text = self.views * PATCHES + torch.arange(words.shape[1], device=x.device).expand(len(words), -1)
        rotary = self.rotary(torch.cat((visual, text), dim=1))
        real = visual.shape[1] + batch.lengths
        how = (pack_padding if self.options.packed else mask_padding)(real, x.shape[1])
        cache: Cache = []
        for layer in self.layers[:-1]:
            x, key, value = layer(x, rotary, how)
            cache.append((key, value))
        prompt_end = x.gather(1, (real - 1)[:, None, None].expand(-1, 1, x.shape[2]))[:, 0]
        cache.append(self.layers[-1].project(x, rotary)[1:])
        return cache, torch.arange(x.shape[1], device=x.device) < real[:, None], prompt_end.float()

    def velocity(self, batch: Batch, cache: Cache, real: Tensor, noisy: Tensor, time: Tensor) -> Tensor:
        """Of `noisy [batch, draws, horizon, 32]` at `time [batch, draws]`; draws do not see each other."""
        draws = noisy.shape[1]
        state = self.state_in(padded(self.state_norm.to_model(batch.state)))[:, None, None]
        actions = self.action_in(noisy)
        spread = time_embedding(time)[:, :, None].expand(-1, -1, HORIZON, -1)
        timed = self.time2(functional.silu(self.time1(torch.cat((actions, spread.to(actions.dtype)), dim=-1))))
        x = torch.cat((state.expand(-1, draws, -1, -1), timed), dim=2).flatten(1, 2)
        places = (self.views * PATCHES + batch.lengths)[:, None] + torch.arange(ROWS, device=x.device)
        rotary = self.rotary(places.repeat(1, draws))
        how = Attention("mask", self.suffix_mask(real, draws))
        for layer, (key, value) in zip(self.expert, cache, strict=True):
            query, own_key, own_value = layer.project(x, rotary)
            keys = torch.cat((key, own_key), dim=1)
            values = torch.cat((value, own_value), dim=1)
            x = layer.finish(x, attend(query, keys, values, how))
        rows = self.expert_norm(x.float()).unflatten(1, (draws, ROWS))[:, :, 1:]
        with torch.autocast(rows.device.type, enabled=False):
            return self.action_out(rows)

    def suffix_mask(self, real: Tensor, draws: int) -> Tensor:
        """bool `[batch, 1, suffix, prefix + suffix]`: the state sees itself, actions see their draw's rows."""
        row = torch.arange(draws * ROWS, device=real.device)
        same = row[:, None] // ROWS == row // ROWS
        own = same & ((row[:, None] % ROWS > 0) | (row % ROWS == 0))
        prefix = real[:, None, None].expand(-1, 1, len(row), -1)
        return torch.cat((prefix, own.expand(len(real), 1, -1, -1)), dim=-1)

    def losses(self, batch: Batch, kept: Kept) -> tuple[Tensor, Seen]:
        features = self.visual_tokens(batch.pixels)
        cache, real, prompt_end = self.prefix(batch, features, kept)
        wanted = padded(self.action_norm.to_model(batch.actions[:, :HORIZON]))[:, None]
        noise = torch.randn(len(wanted), DRAWS, HORIZON, SIZE, device=wanted.device)
        # Beta(1.5, 1) has the distribution function x^1.5.
        time = torch.rand(len(wanted), DRAWS, device=wanted.device) ** (1 / 1.5) * 0.999 + 0.001
        at = time[:, :, None, None]
        velocity = self.velocity(batch, cache, real, at * noise + (1 - at) * wanted, time)
        errors = (velocity - (noise - wanted)).square()
        weights = gripper_weights(batch.actions[:, :HORIZON], self.options.gripper)[:, None]
        loss = (errors[..., :ACTION] * weights).mean() + PADDED_WEIGHT * errors[..., ACTION:].mean()
        return loss, Seen(features, kept, prompt_end)

    def act(self, batch: Batch) -> Tensor:
        generator = torch.Generator(batch.ids.device).manual_seed(0)
        noise = torch.randn(len(batch.ids), HORIZON, SIZE, device=batch.ids.device, generator=generator)
        return self.denoise(batch, noise)

    def denoise(self, batch: Batch, noise: Tensor) -> Tensor:
        """Ten Euler steps from noise `[batch, horizon, 32]` to actions in robot units."""
        features = self.visual_tokens(batch.pixels)
        cache, real, _ = self.prefix(batch, features, ALL)
        x = noise[:, None]
        for step in range(STEPS):
            time = torch.full((len(noise), 1), 1 - step / STEPS, device=noise.device)
            x = x - self.velocity(batch, cache, real, x, time) / STEPS
        return self.action_norm.to_robot(x[:, 0, :, :ACTION])

    def tensors(self) -> dict[str, Tensor]:
        paligemma, expert = "paligemma_with_expert.paligemma.", "paligemma_with_expert.gemma_expert.model."
        vision = f"{paligemma}model.vision_tower.vision_model."
        named = self.tower.siglip_tensors(vision) | linear_tensors(f"{vision}post_layernorm", self.tower_norm)
        named |= linear_tensors(f"{paligemma}model.multi_modal_projector.linear", self.projector)
        named[f"{paligemma}lm_head.weight"] = self.words
        for index, (layer, own) in enumerate(zip(self.layers, self.expert, strict=True)):
            named |= layer.tensors(f"{paligemma}model.language_model.layers.{index}.")
            named |= own.tensors(f"{expert}layers.{index}.")
        named[f"{paligemma}model.language_model.norm.weight"] = self.norm.weight
        named[f"{expert}norm.weight"] = self.expert_norm.weight
        parts = {"state_proj": self.state_in, "action_in_proj": self.action_in, "action_out_proj": self.action_out}
        parts |= {"action_time_mlp_in": self.time1, "action_time_mlp_out": self.time2}
        for name, module in parts.items():
            named |= linear_tensors(name, module)
        return named

    def checkpoint(self, statistics: Statistics) -> Checkpoint:
        config = {
            "model_type": "pi0",
            "action_dim": SIZE,
            "action_horizon": HORIZON,
            "num_inference_steps": STEPS,
            "num_attention_heads": PREFIX.heads,
            "num_key_value_heads": PREFIX.heads,
            "head_dim": PREFIX.head_size,
            "vision_heads": [HEADS],
            "vocab_size": TEXT_TOKENS,
        }
        norm_stats = {"state": vars(statistics.state), "actions": vars(statistics.action)}
        return Checkpoint(
            {"model.safetensors": self.tensors()},
            {"config.json": config, "norm_stats.json": {"norm_stats": norm_stats}},
        )

    def statistics_in(self, stored: dict[str, Any]) -> Statistics:
        told = stored["norm_stats"]
        return Statistics(vector_in(told["actions"], ACTION), vector_in(told["state"], STATE))
