"""OpenVLA in miniature: one picture, seven action tokens one after the other."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from . import bins
from .attention import Attention
from .batch import ALL, Batch, Kept
from .auxiliary import Seen
from .normalize import action_bounds
from .policy import Checkpoint, LossOptions
from .prismatic import CONFIG, PREPROCESSOR, Prismatic
from .sizes import ACTION, DECODER, PATCHES
from .statistics import GRIPPER, NAME, Statistics, unit_statistics, vector_in

CAUSAL = Attention("causal")


class OpenVla(nn.Module):
    """Rows: BOS, picture, rest of the prompt, actions so far. Padding comes last, where causal rows never look."""

    views = 1
    hidden = DECODER.hidden
    prompt = "openvla"
    statistics_file = "config.json"

    def __init__(self, statistics: Statistics, options: LossOptions | None = None) -> None:
        super().__init__()
        self.options = options or LossOptions()
        self.model = Prismatic()
        self.set_statistics(statistics)

    def set_statistics(self, statistics: Statistics) -> None:
        self.bounds = action_bounds(statistics)

    def losses(self, batch: Batch, kept: Kept) -> tuple[Tensor, Seen]:
        targets = bins.to_tokens(self.bounds.to_model(batch.actions[:, 0]))
        features = self.model.visual_tokens(batch.pixels)
        logits, prompt_end = self.logits(batch, features, kept, targets[:, :-1])
        motion = bins.soft_cross_entropy(logits[:, :GRIPPER], targets[:, :GRIPPER])
        gripper = functional.cross_entropy(logits[:, GRIPPER], targets[:, GRIPPER])
        return (GRIPPER * motion + gripper) / ACTION, Seen(features, kept, prompt_end)

    def logits(self, batch: Batch, features: Tensor, kept: Kept, given: Tensor) -> tuple[Tensor, Tensor]:
        """Of the action tokens after `given`'s, `[batch, 1 + given, vocabulary]`; and the prompt's last row."""
        count = given.shape[1]
        places = batch.lengths[:, None] + torch.arange(count, device=given.device)
        ids = functional.pad(batch.ids, (0, count)).scatter(1, places, given)
        words = functional.embedding(ids, self.model.words).to(features.dtype)
        x = torch.cat((words[:, :1], kept.of(features), words[:, 1:]), dim=1)
        visual = kept.positions(*features.shape[:2], features.device)
        rest = PATCHES + torch.arange(1, ids.shape[1], device=ids.device).expand(len(ids), -1)
        positions = torch.cat((torch.zeros_like(rest[:, :1]), 1 + visual, rest), dim=1)
        rows = self.model.decode(x, positions, CAUSAL)
        first = (batch.lengths - 1 + visual.shape[1])[:, None] + torch.arange(count + 1, device=ids.device)
        read = self.model.norm(rows.gather(1, first[:, :, None].expand(-1, -1, rows.shape[2])))
        return functional.linear(read, self.model.head).float(), read[:, 0]

    def act(self, batch: Batch) -> Tensor:
        features = self.model.visual_tokens(batch.pixels)
        return self.bounds.to_robot(bins.from_tokens(self.tokens(batch, features)))[:, None]

    def tokens(self, batch: Batch, features: Tensor) -> Tensor:
        """Greedy action tokens, `[batch, 7]`."""
        given = batch.ids[:, :0]
        for _ in range(ACTION):
            logits, _ = self.logits(batch, features, ALL, given)
            given = torch.cat((given, logits[:, -1].argmax(-1, keepdim=True)), dim=1)
        return given

    def checkpoint(self, statistics: Statistics) -> Checkpoint:
        action = {"q01": statistics.action.q01, "q99": statistics.action.q99, "mask": [True] * (ACTION - 1) + [False]}
        config = {**CONFIG, "norm_stats": {NAME: {"action": action}}}
        return Checkpoint(
            {"model.safetensors": self.model.tensors()},
            {"config.json": config, "preprocessor_config.json": PREPROCESSOR},
        )

    def statistics_in(self, stored: dict[str, Any]) -> Statistics:
        return Statistics(vector_in(stored["norm_stats"][NAME]["action"], ACTION), unit_statistics().state)
