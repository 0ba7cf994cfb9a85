"""Log lines, the loss curve, exports with the history of a run."""

import json
import math
import shlex
import sys
import time
from argparse import Namespace
from typing import Any

import torch

from .auxiliary import WEIGHTS
from .export import write_checkpoint
from .pool import EXPERT, STUDENT, Pool
from .resume import Origin
from .statistics import Statistics
from .trainer import KEPT, Trainer


class Report:
    """Looks after a run's clock: logs and exports when their time has come."""

    def __init__(self, options: Namespace, trainer: Trainer, pool: Pool, statistics: Statistics, origin: Origin | None) -> None:
        self.origin = origin
        self.options, self.trainer, self.pool, self.statistics = options, trainer, pool, statistics
        self.held_out = pool.held_out(options.held_out)
        self.curve: list[dict[str, Any]] = []
        self.started = self.logged = self.exported = time.monotonic()
        self.logged_steps = 0

    def tick(self, phase: str, rate: float) -> None:
        now = time.monotonic()
        if now - self.logged >= self.options.log_every:
            self.log(phase, rate)
        if now - self.exported >= self.options.export_every:
            self.export("latest")
            self.exported = time.monotonic()

    def log(self, phase: str, rate: float) -> None:
        """One line; ends the run where a loss is no number any more."""
        trainer, pool = self.trainer, self.pool
        steps = trainer.steps - self.logged_steps
        if steps == 0:
            return
        losses = trainer.means()
        now = time.monotonic()
        entry = {
            "phase": phase,
            "seconds": round(now - self.started, 1),
            "step": trainer.steps,
            "steps_per_second": round(steps / (now - self.logged), 2),
            "rate": float(f"{rate:.3g}"),
            **{name: float(f"{value:.4g}") for name, value in losses.items()},
            "held_out_error": trainer.held_out_error(self.held_out),
            "expert_samples": pool.count(EXPERT),
            "student_samples": pool.count(STUDENT),
        }
        self.logged, self.logged_steps = time.monotonic(), trainer.steps
        self.curve.append(entry)
        print(" ".join(f"{name} {value}" for name, value in entry.items()), flush=True)
        if self.options.curve:
            with (self.options.out / "curve.jsonl").open("a") as file:
                file.write(json.dumps(entry) + "\n")
        if not all(map(math.isfinite, losses.values())):
            sys.exit("a loss is not finite: lower --rate-dense, or look at the data")

    def export(self, name: str) -> None:
        """The average's weights and everything that is known about the run so far."""
        checkpoint = self.trainer.shadow.checkpoint(self.statistics)
        write_checkpoint(checkpoint, self.options.out / name, data=self.options.data, training=self.history())

    def history(self) -> dict[str, Any]:
        options, trainer = self.options, self.trainer
        device = options.device
        dropout = any(entry["phase"] == "dropout" for entry in self.curve)
        before = None if self.origin is None else self.origin.token_dropout
        return {
            "policy": options.policy,
            "command": shlex.join(["python3", *sys.argv]),
            "seed": options.seed,
            "steps": trainer.steps,
            "batch": options.batch,
            "samples_seen": trainer.steps * options.batch,
            **({} if self.origin is None else self.origin.history()),
            "samples_collected": self.pool.added,
            "samples_of_students": self.pool.count(STUDENT),
            "minutes": round((time.monotonic() - self.started) / 60, 2),
            "loss_weights": WEIGHTS,
            "token_dropout": list(KEPT) if dropout else before,
            "weight_average": options.average,
            "torch": torch.__version__,
            "device": torch.cuda.get_device_name(device) if device.type == "cuda" else "CPU",
            "precision": "bfloat16" if device.type == "cuda" else "float32",
            "loss_curve": self.curve,
        }
