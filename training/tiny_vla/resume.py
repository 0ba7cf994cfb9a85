"""Training that goes on from an exported checkpoint: its weights, its statistics, its history."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from .export import TOKENIZER
from .statistics import Statistics, StatisticsError


class CheckpointError(ValueError):
    """A checkpoint that training cannot go on from."""


@dataclass(frozen=True)
class Origin:
    """Where training began: a checkpoint, its statistics, and what went into it up to then."""

    folder: str
    statistics: Statistics
    steps: int
    samples: int
    token_dropout: list[int] | None

    def history(self) -> dict[str, Any]:
        return {"init": self.folder, "steps_before": self.steps, "samples_before": self.samples}


def begin_from(policy: nn.Module, name: str, folder: Path, data: Path | None = None) -> Origin:
    """Copies the weights of an exported checkpoint of the same policy into `policy`, all of them or none.

    `data` is the folder of shards to go on with: its tokenizer must give words the ids that they had.

    Raises `CheckpointError` for another policy, config or tokenizer, for missing, misshapen, unknown or non-finite
    tensors, and for missing or unusable statistics.
    """
    training = read_json(folder / "training.json")
    if training.get("policy") != name:
        raise CheckpointError(f"{folder} holds the policy {training.get('policy')}, not {name}")
    statistics = read_statistics(policy, folder)
    check_config(policy.checkpoint(statistics).json["config.json"], read_json(folder / "config.json"), folder)
    if data is not None:
        check_tokenizer(folder, data)
    # Made where nothing records gradients, slices of parameters may be written to.
    with torch.no_grad():
        own = policy.checkpoint(statistics).tensors
        stored = {file: read_tensors(folder / file, tensors) for file, tensors in own.items()}
        for file, tensors in own.items():
            for key, parameter in tensors.items():
                parameter.copy_(stored[file][key])
    return Origin(
        folder=str(folder),
        statistics=statistics,
        steps=training.get("steps", 0) + training.get("steps_before", 0),
        samples=training.get("samples_seen", 0) + training.get("samples_before", 0),
        token_dropout=training.get("token_dropout"),
    )


def read_json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{path} cannot be read: {error}") from error
    if not isinstance(content, dict):
        raise CheckpointError(f"{path} holds no JSON object")
    return content


def read_statistics(policy: nn.Module, folder: Path) -> Statistics:
    file = folder / policy.statistics_file
    try:
        return policy.statistics_in(read_json(file))
    except (KeyError, TypeError, StatisticsError) as error:
        raise CheckpointError(f"{file} lacks usable statistics: {error!r}") from error


def check_config(own: dict[str, Any], stored: dict[str, Any], folder: Path) -> None:
    """Tensors of the right shape are not enough: heads, for one, have no part in it."""
    for key, value in own.items():
        if stored.get(key) != value:
            raise CheckpointError(f"{folder / 'config.json'}: {key} is {stored.get(key)}, this code has {value}")


def check_tokenizer(folder: Path, data: Path) -> None:
    for name in TOKENIZER:
        before, now = (read_json(place / name) if (place / name).exists() else None for place in (folder, data))
        if before != now:
            raise CheckpointError(f"{name} of {folder} and of {data} differ: words would get other ids; begin anew instead")


def read_tensors(path: Path, wanted: dict[str, Tensor]) -> dict[str, Tensor]:
    try:
        stored = load_file(path)
    except (OSError, SafetensorError) as error:
        raise CheckpointError(f"{path} cannot be read: {error}") from error
    if stored.keys() != wanted.keys():
        missing, unknown = sorted(wanted.keys() - stored.keys()), sorted(stored.keys() - wanted.keys())
        raise CheckpointError(f"{path}: {len(missing)} tensors are missing {missing[:3]}, {len(unknown)} unknown {unknown[:3]}")
    for key, parameter in wanted.items():
        tensor = stored[key]
        if tensor.shape != parameter.shape:
            raise CheckpointError(f"{path}: {key} is {list(tensor.shape)}, expected {list(parameter.shape)}")
        if not tensor.isfinite().all():
            raise CheckpointError(f"{path}: {key} holds numbers that are not finite")
    return stored
