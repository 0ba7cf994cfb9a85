"""Shared by the golden writers here: import the official code, load a tiny checkpoint, read episodes, write JSON.

Not run by itself. Nothing is copied from the references: their files are imported from checkout paths given as options.
"""

import base64
import importlib
import json
import sys
import types
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import numpy as np
import torch
from safetensors.torch import load_file

VIEWS = ("base_0_rgb", "left_wrist_0_rgb", "right_wrist_0_rgb")
VARIANT_HEADS = {"dummy": (8, 1, 16), "gemma_300m": (8, 1, 256), "gemma_2b": (8, 1, 256)}
PALIGEMMA = "paligemma_with_expert.paligemma."
EXPERT = "paligemma_with_expert.gemma_expert."
TOWER = f"{PALIGEMMA}model.vision_tower.vision_model."
EMBED_TOKENS = f"{PALIGEMMA}model.language_model.embed_tokens.weight"
LM_HEAD = f"{PALIGEMMA}lm_head.weight"
EXPERT_LM_HEAD = f"{EXPERT}lm_head.weight"


@dataclass
class GemmaSizes:
    """What the official code asks of a Gemma variant."""

    width: int
    depth: int
    mlp_dim: int
    num_heads: int
    num_kv_heads: int
    head_dim: int


def import_official(openpi):
    """The official `pi0_pytorch` and `gemma_pytorch`; the JAX side they import is stood in for."""
    stubs = {"openpi": types.ModuleType("openpi")}
    stubs["openpi"].__path__ = [str(openpi / "src/openpi")]
    for name in ("models", "models.gemma", "shared", "shared.image_tools"):
        stubs[f"openpi.{name}"] = types.ModuleType(f"openpi.{name}")
    stubs["openpi.models.gemma"].get_config = lambda sizes: sizes
    sys.modules.update(stubs)
    names = ("pi0_pytorch", "gemma_pytorch")
    return [importlib.import_module(f"openpi.models_pytorch.{name}") for name in names]


def import_numpy_side(*names):
    """After `import_official`: official modules used for their NumPy formulas only, other imports mocked."""
    absent = ["flax", "flax.traverse_util", "jax", "openpi_client", "orbax", "orbax.checkpoint", "sentencepiece"]
    absent += [f"openpi.shared.{name}" for name in ("array_typing", "download", "normalize")]
    absent += ["openpi.models.utils", "openpi.models.utils.fsq_tokenizer"]
    sys.modules["openpi.models"].__path__ = [str(Path(sys.modules["openpi"].__path__[0]) / "models")]
    with mock.patch.dict(sys.modules, {name: mock.MagicMock() for name in absent}):
        return [importlib.import_module(f"openpi.{name}") for name in names]


def count_layers(weights, prefix):
    return 1 + max(int(name.removeprefix(prefix).split(".")[0]) for name in weights if name.startswith(prefix))


def gemma_sizes(weights, prefix, heads):
    mlp_dim, width = weights[f"{prefix}layers.0.mlp.gate_proj.weight"].shape
    return GemmaSizes(width, count_layers(weights, f"{prefix}layers."), mlp_dim, *heads)


def head_counts(config, variant):
    keys = ("num_attention_heads", "num_key_value_heads", "head_dim")
    known = VARIANT_HEADS.get(config.get(variant, "").removesuffix("_lora"), (None, None, None))
    return tuple(config.get(key, default) for key, default in zip(keys, known))


def shrink_vision(config, weights, heads):
    """The official code writes full-size vision numbers into its configuration; the stored tensors know better."""
    hidden, _, patch, _ = weights[f"{TOWER}embeddings.patch_embedding.weight"].shape
    positions = len(weights[f"{TOWER}embeddings.position_embedding.weight"])
    config.hidden_size, config.patch_size, config.num_attention_heads = hidden, patch, heads
    config.image_size = patch * round(positions**0.5)
    config.num_hidden_layers = count_layers(weights, f"{TOWER}encoder.layers.")
    config.intermediate_size = len(weights[f"{TOWER}encoder.layers.0.mlp.fc1.weight"])
    config.projection_dim = len(weights[f"{PALIGEMMA}model.multi_modal_projector.linear.weight"])
    config._attn_implementation = "eager"


def read_weights(checkpoint):
    """Float32 tensors by openpi's names; of the tied word embeddings either one may be stored."""
    stored = load_file(str(checkpoint / "model.safetensors"))
    weights = {name.removeprefix("model."): tensor.float() for name, tensor in stored.items()}
    embeddings = weights.get(EMBED_TOKENS, weights.get(LM_HEAD))
    if embeddings is None:
        raise SystemExit(f"checkpoint: neither {LM_HEAD} nor {EMBED_TOKENS} is stored")
    return {**weights, EMBED_TOKENS: embeddings, LM_HEAD: embeddings}


def load_model(modules, checkpoint):
    """The official model over a checkpoint directory, in float32; π0.5 is known by its tensors."""
    pi0_pytorch, gemma_pytorch = modules
    settings = json.loads((checkpoint / "config.json").read_text())
    weights = read_weights(checkpoint)
    vocabulary = len(weights[EMBED_TOKENS])
    config = types.SimpleNamespace(
        pi05="time_mlp_in.weight" in weights,
        paligemma_variant=gemma_sizes(
            weights, f"{PALIGEMMA}model.language_model.", head_counts(settings, "paligemma_variant")
        ),
        action_expert_variant=gemma_sizes(weights, f"{EXPERT}model.", head_counts(settings, "action_expert_variant")),
        action_dim=len(weights["action_out_proj.weight"]),
        action_horizon=settings["action_horizon"],
        dtype="float32",
        pytorch_compile_mode=None,
    )

    def build_paligemma(config):
        config.text_config.vocab_size = vocabulary
        shrink_vision(config.vision_config, weights, int(np.ravel(settings.get("vision_heads", 16))[0]))
        return official_paligemma(config=config)

    def build_expert(config):
        config.vocab_size = vocabulary
        return official_expert(config=config)

    official_paligemma = gemma_pytorch.PaliGemmaForConditionalGeneration
    official_expert = gemma_pytorch.GemmaForCausalLM
    with (
        mock.patch.object(gemma_pytorch, "PaliGemmaForConditionalGeneration", build_paligemma),
        mock.patch.object(gemma_pytorch, "GemmaForCausalLM", build_expert),
    ):
        model = pi0_pytorch.PI0Pytorch(config)
    report = model.load_state_dict(weights, strict=False)
    missing = [name for name in report.missing_keys if name != EXPERT_LM_HEAD]
    if missing or report.unexpected_keys:
        raise SystemExit(f"checkpoint: missing {missing}, unexpected {report.unexpected_keys}")
    torch.set_float32_matmul_precision("highest")
    return model.float().eval()


def read_episode(path, model):
    """Yields, step by step, the names of the views present, the official observation and the noise."""
    length = 200 if model.config.pi05 else 48
    horizon, action_dim = model.config.action_horizon, model.config.action_dim
    size = model.paligemma_with_expert.paligemma.config.vision_config.image_size
    for line in path.read_text().splitlines():
        step = json.loads(line)
        ids = step["input_ids"]
        if len(ids) > length:
            raise SystemExit(f"{path}: {len(ids)} input_ids, more than the {length} of openpi")
        pixels = np.fromfile(path.parent / step["pixel_values"], dtype="<f4").reshape(3, 1, 3, size, size)
        noise = np.fromfile(path.parent / step["noise"], dtype="<f4").reshape(1, horizon, action_dim)
        state = torch.zeros(1, action_dim)
        state[0, : len(step["state"])] = torch.tensor(step["state"])
        masks = step.get("image_masks", [True, True, True])
        observation = types.SimpleNamespace(
            images=dict(zip(VIEWS, torch.from_numpy(pixels))),
            image_masks={name: torch.tensor([mask]) for name, mask in zip(VIEWS, masks)},
            state=state,
            tokenized_prompt=torch.tensor([ids + [0] * (length - len(ids))]),
            tokenized_prompt_mask=torch.arange(length)[None] < len(ids),
            token_ar_mask=None,
            token_loss_mask=None,
        )
        yield [name for name, mask in zip(VIEWS, masks) if mask], observation, torch.from_numpy(noise)


def read_statistics(checkpoint, key):
    """One entry of openpi's norm_stats.json, as the official transforms take it; None without the file."""
    path = checkpoint / "norm_stats.json"
    if not path.exists():
        return None
    stats = json.loads(path.read_text())["norm_stats"][key]
    return types.SimpleNamespace(**{name: np.array(values) for name, values in stats.items()})


def pack(values):
    array = np.ascontiguousarray(np.asarray(values), dtype="<f4")
    if not np.isfinite(array).all():
        raise SystemExit("a recorded array holds NaN or infinity")
    return {"shape": list(array.shape), "base64": base64.b64encode(array.tobytes()).decode()}


def every_16th(values):
    """Rows 0, 16, 32, … and the last one, with their indices."""
    rows = sorted({*range(0, len(values), 16), len(values) - 1})
    return {"rows": rows, **pack(values[rows])}


def write_json(path, golden):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(golden, separators=(",", ":")) + "\n")
    print(f"{path}: {path.stat().st_size / 1000:.0f} kB")


def versions():
    modules = ("torch", "transformers", "numpy")
    return {name: importlib.import_module(name).__version__ for name in modules}
