"""What training, export and checks ask of a policy."""

from dataclasses import dataclass, field
from typing import Any, Protocol

from torch import Tensor

from .auxiliary import Seen
from .batch import Batch, Kept
from .statistics import Statistics


@dataclass(frozen=True)
class Checkpoint:
    """Files of a checkpoint: tensors by file name, JSON by file name."""

    tensors: dict[str, dict[str, Tensor]]
    json: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class LossOptions:
    """How the action loss is weighed."""

    gripper: float = 0.0
    """Added weight of gripper values that differ from the chunk's first."""
    packed: bool = False
    """Whether padded rows attend through variable-length flash attention."""


class Policy(Protocol):
    """A module with one of the three policies' losses."""

    views: int
    hidden: int
    prompt: str
    """Key of its token ids in instructions.json."""

    def set_statistics(self, statistics: Statistics) -> None:
        """How robot units become model units from now on; moves nothing to a device."""

    def losses(self, batch: Batch, kept: Kept) -> tuple[Tensor, Seen]:
        """The action loss, and what the auxiliary ones read."""

    def act(self, batch: Batch) -> Tensor:
        """Actions in robot units, `[batch, chunk, 7]`."""

    def checkpoint(self, statistics: Statistics) -> Checkpoint:
        """Tensors under the names that the converter reads: the parameters themselves, or slices of them."""

    statistics_file: str
    """The JSON file of a checkpoint that holds its statistics."""

    def statistics_in(self, stored: dict[str, Any]) -> Statistics:
        """Of that file's content; unit ones for what this policy does not store.

        Raises `KeyError`, `TypeError` or `StatisticsError`.
        """

