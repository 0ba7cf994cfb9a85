"""Tiny random text models of the families that stock vision-language models are built on, and the prompts of the tests.

Weights are multiples of 1/32, so that the fixtures pack well. Every model has the same embedding table, which is what
`embed_tokens.onnx` holds.
"""

import torch
import transformers

# The vocabulary is no other size of the models: builders know the head by it.
VOCABULARY, IMAGE, HIDDEN, LAYERS, HEADS, KV_HEADS, HEAD_SIZE = 80, 79, 16, 4, 4, 2, 16
VISION_START, VISION_END = 78, 77
SEEDS = (1, 2, 3)
NEW_TOKENS = 8
TILE, TILES, PIXELS = 16, 2, (1, 2, 3, 8, 8)

COMMON = dict(
    hidden_size=HIDDEN, intermediate_size=32, num_hidden_layers=LAYERS, num_attention_heads=HEADS,
    num_key_value_heads=KV_HEADS, head_dim=HEAD_SIZE, vocab_size=VOCABULARY, max_position_embeddings=128,
    rope_theta=10000.0, bos_token_id=3, eos_token_id=2, pad_token_id=1, tie_word_embeddings=False,
)
# Families whose heads share the hidden size between them.
ONE_HEAD = dict(num_attention_heads=1, num_key_value_heads=1)


def config_of(family: str):
    """The configuration of a text model: `family` is llama, qwen2, qwen3, gemma, gemma2, gemma3, lfm2 or qwen2_vl."""
    if family == "llama":
        return transformers.LlamaConfig(**COMMON)
    if family == "qwen2":
        return transformers.Qwen2Config(**COMMON | ONE_HEAD)
    if family == "qwen3":
        return transformers.Qwen3Config(**COMMON)
    if family == "gemma":
        return transformers.GemmaConfig(**COMMON, hidden_activation="gelu_pytorch_tanh")
    if family == "gemma2":
        return transformers.Gemma2Config(**COMMON, query_pre_attn_scalar=HEAD_SIZE, sliding_window=1024)
    if family == "gemma3":
        kinds = ["sliding_attention", "full_attention"] * 2  # genai_build.py has the builder place them so, too
        return transformers.Gemma3TextConfig(
            **COMMON, sliding_window=24, layer_types=kinds, query_pre_attn_scalar=HEAD_SIZE,
            rope_local_base_freq=5000.0, hidden_activation="gelu_pytorch_tanh")
    if family == "lfm2":
        kinds = ["conv", "full_attention", "conv", "full_attention"]
        return transformers.Lfm2Config(**COMMON | ONE_HEAD, block_auto_adjust_ff_dim=False, layer_types=kinds, conv_L_cache=3)
    if family == "qwen2_vl":
        text = COMMON | ONE_HEAD | dict(rope_scaling=dict(type="mrope", mrope_section=[2, 3, 3]))
        vision = dict(depth=1, embed_dim=16, hidden_size=HIDDEN, num_heads=2, mlp_ratio=2, patch_size=4,
                      spatial_merge_size=2, in_channels=3, temporal_patch_size=2)
        return transformers.Qwen2VLConfig(
            text_config=text, vision_config=vision, image_token_id=IMAGE, video_token_id=76,
            vision_start_token_id=VISION_START, vision_end_token_id=VISION_END)
    raise ValueError(family)


def grid(shape, deviation: float, generator) -> torch.Tensor:
    return (deviation * torch.randn(shape, generator=generator) * 32).round() / 32


def model_of(family: str):
    """The random model, float32, eager attention."""
    config = config_of(family)
    config._attn_implementation = "eager"
    kind = transformers.Qwen2VLForConditionalGeneration if family == "qwen2_vl" else transformers.AutoModelForCausalLM
    model = (kind(config) if family == "qwen2_vl" else kind.from_config(config, attn_implementation="eager")).float().eval()
    generator = torch.Generator().manual_seed(7)
    for name, parameter in model.named_parameters():
        if "norm" in name:
            centre = 0.0 if family.startswith("gemma") else 1.0
            parameter.data = centre + grid(parameter.shape, 0.1, generator)
        elif "visual" not in name:
            parameter.data = grid(parameter.shape, 0.4, generator)
    model.get_input_embeddings().weight.data = embedding_table()
    return model


def embedding_table() -> torch.Tensor:
    return grid((VOCABULARY, HIDDEN), 0.7, torch.Generator().manual_seed(3))


def projection(patch: int) -> torch.Tensor:
    """What stands in for a vision tower: a matrix from a patch's pixels to a visual token."""
    return grid((patch, HIDDEN), 0.3, torch.Generator().manual_seed(4))


class Numbers:
    """The minimal standard generator: the TypeScript tests draw the same numbers."""

    def __init__(self, seed: int):
        self.state = seed

    def __call__(self) -> float:
        self.state = self.state * 16807 % 2147483647
        return self.state / 2147483647


def prompt(seed: int, layout: str) -> tuple[list[int], torch.Tensor]:
    """Token ids: BOS, words, two pictures of 16 visual tokens with words between them, words; and the visual tokens."""
    number = Numbers(seed)
    text = lambda count: [4 + int(number() * 50) for _ in range(count)]
    around = lambda ids: [VISION_START, *ids, VISION_END] if layout == "qwen2_vl" else ids
    picture = around([IMAGE] * TILE)
    ids = [3, *text(5), *picture, *text(2), *picture, *text(9)]
    pixels = torch.tensor([number() * 4 - 2 for _ in range(2 * 3 * 8 * 8)], dtype=torch.float32)
    patch = pixels.numel() // (TILE * TILES)
    return ids, pixels.reshape(TILE * TILES, patch) @ projection(patch)
