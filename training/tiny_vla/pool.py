"""All samples on the training device, so that a batch is nothing but gathers. Grows while training runs."""

import threading
from typing import Any

import numpy as np
import torch
from torch import Tensor

from .batch import Batch
from .shards import CHUNK, Shard
from .sizes import ACTION, PATCHES, SIDE, STATE

HELD_OUT = 0.1
EXPERT, STUDENT, HELD = 0, 1, 2


class Prompts:
    """Token ids of all instructions, padded to the longest."""

    def __init__(self, instructions: list[dict[str, Any]], key: str, device: torch.device) -> None:
        ids = [entry[key] for entry in instructions]
        longest = max(map(len, ids))
        self.ids = torch.tensor([row + [0] * (longest - len(row)) for row in ids], device=device)
        self.lengths = torch.tensor([len(row) for row in ids], device=device)

    def __len__(self) -> int:
        return len(self.ids)


class Pool:
    """Room for `capacity` samples; when it is full, new ones take the place of the oldest.

    The last tenth of every shard is never trained on. A thread may add while another draws: a sample counts only
    once it is whole.
    """

    def __init__(self, capacity: int, views: int, prompts: Prompts, device: torch.device) -> None:
        def room(*shape: int, dtype: torch.dtype) -> Tensor:
            return torch.empty(capacity, *shape, dtype=dtype, device=device)

        self.capacity, self.prompts, self.device = capacity, prompts, device
        self.frames = room(views, SIDE, SIDE, 3, dtype=torch.uint8)
        self.classes = room(views * PATCHES, dtype=torch.uint8)
        self.roles = room(views * PATCHES, dtype=torch.uint8)
        self.states = room(STATE, dtype=torch.float32)
        self.actions = room(CHUNK, ACTION, dtype=torch.float32)
        self.points = room(2, 3, dtype=torch.float32)
        self.instructions = room(dtype=torch.int64)
        self.added = 0
        self.kinds = np.full(capacity, -1, dtype=np.int8)
        self.lock = threading.Lock()
        # Never freed nor made anew: the two threads have streams of their own. Whatever stands in them is a place.
        self.places = torch.zeros(3, capacity, dtype=torch.int64, device=device)
        self.counts = [0, 0, 0]

    def add(self, shard: Shard) -> None:
        """Copies a shard in; samples of instructions that are not known are left out."""
        known = (shard.instructions >= 0) & (shard.instructions < len(self.prompts))
        rows = np.flatnonzero(known)[-self.capacity :]
        places = (self.added + np.arange(len(rows))) % self.capacity
        kinds = np.where(shard.sources[rows] == 0, EXPERT, STUDENT).astype(np.int8)
        kinds[rows >= round(len(shard) * (1 - HELD_OUT))] = HELD
        fields = {
            "frames": shard.frames,
            "classes": shard.classes.reshape(len(shard), -1),
            "roles": shard.roles.reshape(len(shard), -1),
            "states": shard.states,
            "actions": shard.actions,
            "points": shard.points,
            "instructions": shard.instructions,
        }
        with self.lock:
            if len(rows) == 0:
                return
            if self.added + len(rows) > self.capacity:
                self.kinds[places] = -1
                self.publish()
            # At most two runs of neighbouring places: no gather on the device.
            turn = int(np.argmax(places == 0)) if 0 in places else 0
            for part in (slice(0, turn), slice(turn, None)) if turn else (slice(None),):
                first, count = int(places[part][0]), len(places[part])
                for name, values in fields.items():
                    room = getattr(self, name)
                    room[first : first + count].copy_(torch.from_numpy(np.ascontiguousarray(values[rows[part]])))
            self.synchronize()
            self.kinds[places] = kinds
            self.added += len(rows)
            self.publish()

    def publish(self) -> None:
        """Lists the places of each kind for those who draw."""
        for kind in range(3):
            places = torch.from_numpy(np.flatnonzero(self.kinds == kind))
            self.counts[kind] = min(self.counts[kind], len(places))
            self.places[kind, : len(places)].copy_(places)
            self.synchronize()
            self.counts[kind] = len(places)

    def synchronize(self) -> None:
        if self.device.type == "cuda":
            torch.cuda.current_stream(self.device).synchronize()

    def count(self, kind: int) -> int:
        return self.counts[kind]

    def draw(self, size: int, student_share: float, enough: int) -> Batch:
        """Random samples; a share of the students', once there are enough of them."""
        expert, student, _ = self.counts
        shares = round(size * student_share) if student >= enough else 0
        if expert == 0:
            shares = size
        wanted = ((EXPERT, expert, size - shares), (STUDENT, student, shares))
        picks = [
            self.places[kind][torch.randint(count, (number,), device=self.device)]
            for kind, count, number in wanted
            if number > 0
        ]
        return self.batch(torch.cat(picks))

    def batch(self, places: Tensor) -> Batch:
        rows = self.instructions[places]
        return Batch(
            pixels=self.frames[places],
            classes=self.classes[places],
            roles=self.roles[places],
            state=self.states[places],
            actions=self.actions[places],
            points=self.points[places],
            ids=self.prompts.ids[rows],
            lengths=self.prompts.lengths[rows],
        )

    def held_out(self, most: int) -> Batch | None:
        """A fixed batch of samples that are never trained on, drawn evenly from those that are there by now."""
        held = self.counts[HELD]
        if held == 0:
            return None
        chosen = torch.linspace(0, held - 1, min(most, held), device=self.device).long()
        return self.batch(self.places[HELD][chosen])
