"""One training step, and the running means that the log reads."""

import copy
import random

import torch
import torch._dynamo
from torch import Tensor, nn

from .augment import augment
from .auxiliary import WEIGHTS, Auxiliary
from .batch import ALL, Batch, Kept, random_kept
from .layers import DecoderLayer
from .statistics import Statistics
from .towers import Block

KEPT = (128, 64, 32, 16)
"""Visual tokens a view that a step with dropout keeps."""
CLIP = 1.0
DECAY, BETAS = 0.01, (0.9, 0.95)


class Trainer:
    """A policy, its auxiliary heads, their optimiser, and an average of the policy's weights (`shadow`)."""

    def __init__(self, policy: nn.Module, classes: int, device: torch.device, *, seed: int, average: float, compiled: bool):
        self.policy = policy.to(device)
        self.auxiliary = Auxiliary(policy.hidden, classes).to(device)
        self.shadow = copy.deepcopy(self.policy).eval().requires_grad_(False)
        self.device, self.average = device, average
        self.random = random.Random(seed)
        self.parameters = [*self.policy.parameters(), *self.auxiliary.parameters()]
        matrices = [parameter for parameter in self.parameters if parameter.dim() > 1]
        vectors = [parameter for parameter in self.parameters if parameter.dim() <= 1]
        groups = [{"params": matrices, "weight_decay": DECAY}, {"params": vectors, "weight_decay": 0.0}]
        self.optimizer = torch.optim.AdamW(groups, betas=BETAS, fused=device.type == "cuda")
        self.steps = 0
        self.sums: dict[str, Tensor] = {}
        self.counted = 0
        if compiled:
            # Layer by layer: equal layers share one compiled graph. What cannot be compiled runs as it is.
            torch._dynamo.config.suppress_errors = True
            for module in self.policy.modules():
                if isinstance(module, DecoderLayer | Block):
                    module.compile()

    def set_statistics(self, statistics: Statistics) -> None:
        for policy in (self.policy, self.shadow):
            policy.set_statistics(statistics)
            policy.to(self.device)

    def losses(self, batch: Batch, kept: Kept) -> dict[str, Tensor]:
        bf16 = self.device.type == "cuda"
        with torch.autocast(self.device.type, torch.bfloat16, enabled=bf16):
            action, seen = self.policy.losses(augment(batch), kept)
            return {"action": action, **self.auxiliary(batch, seen)}

    def step(self, batch: Batch, rate: float, *, dropout: bool) -> None:
        """With `dropout` every second step sees only some of the visual tokens. Nothing here waits for the device."""
        losses = self.losses(batch, self.kept(len(batch.ids)) if dropout and self.steps % 2 == 1 else ALL)
        self.backward(losses)
        nn.utils.clip_grad_norm_(self.parameters, CLIP, foreach=True)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self.steps += 1
        self.follow()
        for name, loss in losses.items():
            self.sums[name] = self.sums.get(name, 0) + loss.detach()
        self.counted += 1

    def backward(self, losses: dict[str, Tensor]) -> None:
        torch.stack([WEIGHTS[name] * loss.float() for name, loss in losses.items()]).sum().backward()

    def kept(self, batch: int) -> Kept:
        return random_kept(batch, self.policy.views, self.random.choice(KEPT), self.device)

    def follow(self) -> None:
        """Moves the average towards the weights, faster in the beginning."""
        share = 1 - min(self.average, (1 + self.steps) / (10 + self.steps))
        with torch.no_grad():
            torch._foreach_lerp_(list(self.shadow.parameters()), list(self.policy.parameters()), share)

    def warm_up(self, batch: Batch, *, dropout: bool) -> None:
        """Runs every shape once, so that compilation costs no training time; changes no weights."""
        sizes = (None, *KEPT) if dropout else (None,)
        for keep in sizes:
            kept = ALL if keep is None else random_kept(len(batch.ids), self.policy.views, keep, self.device)
            self.backward(self.losses(batch, kept))
        self.optimizer.zero_grad(set_to_none=True)

    def means(self) -> dict[str, float]:
        """Of each loss since the last call."""
        means = {name: (total / max(1, self.counted)).item() for name, total in self.sums.items()}
        self.sums, self.counted = {}, 0
        return means

    @torch.no_grad()
    def held_out_error(self, batch: Batch | None, size: int = 128) -> float | None:
        """Mean absolute error of the average's actions, robot units."""
        if batch is None:
            return None
        errors = []
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.device.type == "cuda"):
            for start in range(0, len(batch.ids), size):
                part = Batch(*(field[start : start + size] for field in batch))
                actions = self.shadow.act(part).float()
                errors.append((actions - part.actions[:, : actions.shape[1]]).abs().mean(dim=(1, 2)))
        return torch.cat(errors).mean().item()
