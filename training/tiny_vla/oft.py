"""OpenVLA-OFT in miniature: two pictures, the robot's state, and a chunk of actions in one pass."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from .attention import mask_padding, pack_padding
from .batch import ALL, Batch, Kept
from .auxiliary import Seen
from .gripper import gripper_weights
from .layers import linear, linear_tensors
from .normalize import action_bounds, state_bounds
from .policy import Checkpoint, LossOptions
from .prismatic import CONFIG, PREPROCESSOR, Prismatic
from .sizes import ACTION, DECODER, HORIZON, PATCHES, STATE, STOP_TOKEN
from .statistics import NAME, Statistics, vector_in

HIDDEN = DECODER.hidden
SLOTS = ACTION * HORIZON


class ActionHead(nn.Module):
    """`MLPResNet` of the official code with two blocks."""

    def __init__(self) -> None:
        super().__init__()
        self.layer_norm1 = nn.LayerNorm(ACTION * HIDDEN)
        self.fc1 = linear(ACTION * HIDDEN, HIDDEN)
        self.blocks = nn.ModuleList(nn.Sequential(nn.LayerNorm(HIDDEN), linear(HIDDEN, HIDDEN), nn.ReLU()) for _ in range(2))
        self.layer_norm2 = nn.LayerNorm(HIDDEN)
        self.fc2 = linear(HIDDEN, ACTION)

    def forward(self, rows: Tensor) -> Tensor:
        """`[batch, 56, hidden]` → `[batch, 8, 7]`."""
        x = self.fc1(self.layer_norm1(rows.unflatten(1, (HORIZON, ACTION)).flatten(2))).relu()
        for block in self.blocks:
            x = x + block(x)
        return self.fc2(self.layer_norm2(x))

    def tensors(self) -> dict[str, Tensor]:
        named = {}
        for name in ("layer_norm1", "fc1", "layer_norm2", "fc2"):
            named |= linear_tensors(f"model.{name}", getattr(self, name))
        for index, block in enumerate(self.blocks):
            named |= linear_tensors(f"model.mlp_resnet_blocks.{index}.ffn.0", block[0])
            named |= linear_tensors(f"model.mlp_resnet_blocks.{index}.ffn.1", block[1])
        return named


class OpenVlaOft(nn.Module):
    """Every row sees every other, so the order in memory is free: the prompt's words and their padding come last."""

    views = 2
    hidden = HIDDEN
    prompt = "openvla"
    statistics_file = "dataset_statistics.json"

    def __init__(self, statistics: Statistics, options: LossOptions | None = None) -> None:
        super().__init__()
        self.options = options or LossOptions()
        self.model = Prismatic()
        self.proprio1 = linear(STATE, HIDDEN)
        self.proprio2 = linear(HIDDEN, HIDDEN)
        self.action_head = ActionHead()
        self.set_statistics(statistics)

    def set_statistics(self, statistics: Statistics) -> None:
        self.bounds = action_bounds(statistics)
        self.state_bounds = state_bounds(statistics)

    def losses(self, batch: Batch, kept: Kept) -> tuple[Tensor, Seen]:
        features = self.model.visual_tokens(batch.pixels)
        predicted, prompt_end = self.predict(batch, features, kept)
        wanted = self.bounds.to_model(batch.actions[:, :HORIZON])
        weights = gripper_weights(wanted, self.options.gripper)
        return ((predicted - wanted).abs() * weights).mean(), Seen(features, kept, prompt_end)

    def predict(self, batch: Batch, features: Tensor, kept: Kept) -> tuple[Tensor, Tensor]:
        """Actions in model units, `[batch, 8, 7]`, and the prompt's last row."""
        model, device = self.model, features.device
        state = self.proprio2(functional.gelu(self.proprio1(self.state_bounds.to_model(batch.state))))
        words = functional.embedding(batch.ids, model.words)
        stop = model.words[STOP_TOKEN].expand(len(words), 1, -1)
        slots = torch.zeros(len(words), SLOTS, HIDDEN, device=device)
        parts = (words[:, :1], kept.of(features), state[:, None], slots, stop, words[:, 1:])
        x = torch.cat([part.to(features.dtype) for part in parts], dim=1)

        visual = kept.positions(*features.shape[:2], device)
        middle = 1 + self.views * PATCHES
        text = (middle + torch.arange(1, words.shape[1], device=device)).expand(len(words), -1)
        after = (middle + batch.lengths)[:, None] + torch.arange(SLOTS + 1, device=device)
        state_place = torch.full_like(after[:, :1], middle)
        positions = torch.cat((torch.zeros_like(state_place), 1 + visual, state_place, after, text), dim=1)

        start = 2 + visual.shape[1]
        real = start + SLOTS + batch.lengths
        pad = pack_padding if self.options.packed else mask_padding
        rows = model.decode(x, positions, pad(real, x.shape[1]))
        prompt_end = rows.gather(1, (real - 1)[:, None, None].expand(-1, 1, HIDDEN))
        read = model.norm(torch.cat((prompt_end, rows[:, start : start + SLOTS - 1]), dim=1))
        with torch.autocast(device.type, enabled=False):
            return self.action_head(read), read[:, 0]

    def act(self, batch: Batch) -> Tensor:
        features = self.model.visual_tokens(batch.pixels)
        return self.bounds.to_robot(self.predict(batch, features, ALL)[0])

    def checkpoint(self, statistics: Statistics) -> Checkpoint:
        def bounds(low: list[float], high: list[float], mask: list[bool]) -> dict[str, list[float] | list[bool]]:
            return {"q01": low, "q99": high, "mask": mask}

        action, state = statistics.action, statistics.state
        normalised = {
            "action": bounds(action.q01, action.q99, [True] * (ACTION - 1) + [False]),
            "proprio": bounds(state.q01, state.q99, [True] * STATE),
        }
        config = {**CONFIG, "num_images_in_input": self.views, "num_actions_chunk": HORIZON, "use_proprio": True}
        return Checkpoint(
            {
                "model.safetensors": self.model.tensors(),
                "action_head--tiny_checkpoint.safetensors": self.action_head.tensors(),
                "proprio_projector--tiny_checkpoint.safetensors": linear_tensors("fc1", self.proprio1)
                | linear_tensors("fc2", self.proprio2),
            },
            {"config.json": config, "preprocessor_config.json": PREPROCESSOR, "dataset_statistics.json": {NAME: normalised}},
        )

    def statistics_in(self, stored: dict[str, Any]) -> Statistics:
        return Statistics(vector_in(stored[NAME]["action"], ACTION), vector_in(stored[NAME]["proprio"], STATE))
