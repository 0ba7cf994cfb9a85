"""Numbers that the policies, the shards and the tokenizer agree on."""

from dataclasses import dataclass

SIDE = 112
PATCH = 7
PATCHES = (SIDE // PATCH) ** 2
ACTION = 7
STATE = 8
HORIZON = 8

TEXT_TOKENS = 704
EMPTY_TOKEN = TEXT_TOKENS - 1
STOP_TOKEN = 2
VOCABULARY = 1024
PADDING = 64
BINS = 256

ROPE_BASE = 10_000.0
POSITIONS = 1024


@dataclass(frozen=True)
class LayerSizes:
    """One pre-norm decoder layer; `gemma` norms are offsets from 1 and its gate is a tanh GELU."""

    hidden: int = 256
    intermediate: int = 512
    heads: int = 8
    head_size: int = 32
    gemma: bool = False


LAYERS = 8
DECODER = LayerSizes()
PREFIX = LayerSizes(gemma=True)
EXPERT = LayerSizes(hidden=128, intermediate=256, gemma=True)
