"""Checkpoint directories: safetensors in half precision, configs, statistics, tokenizer."""

import ctypes
import json
import os
import shutil
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

from .policy import Checkpoint

TOKENIZER = ("tokenizer.json", "tokenizer_config.json")
EXCHANGE = 2
HERE = -100


def write_checkpoint(
    checkpoint: Checkpoint, folder: Path, *, data: Path | None, training: dict[str, Any], dtype: torch.dtype = torch.float16
) -> None:
    """Fills a new folder and only then puts it in place; what stood there before stays beside it until the next time."""
    partial = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    for name, tensors in checkpoint.tensors.items():
        save_file({key: stored(tensor, dtype) for key, tensor in tensors.items()}, partial / name, {"format": "pt"})
    for name, content in {**checkpoint.json, "training.json": training}.items():
        (partial / name).write_text(json.dumps(content, indent=1) + "\n")
    for name in TOKENIZER:
        if data is not None and (data / name).exists():
            shutil.copy(data / name, partial / name)
    put_in_place(partial, folder)


def stored(tensor: Tensor, dtype: torch.dtype) -> Tensor:
    return tensor.detach().to(dtype).cpu().contiguous().clone()


def put_in_place(partial: Path, folder: Path) -> None:
    """In one step where the system can: a reader finds the old folder or the new one."""
    if not folder.exists():
        partial.rename(folder)
        return
    previous = folder.with_name(f".{folder.name}.previous")
    shutil.rmtree(previous, ignore_errors=True)
    libc = ctypes.CDLL(None, use_errno=True)
    names = [os.fsencode(path) for path in (partial, folder)]
    if hasattr(libc, "renameat2") and libc.renameat2(HERE, names[0], HERE, names[1], EXCHANGE) == 0:
        partial.rename(previous)
        return
    folder.rename(previous)
    partial.rename(folder)
