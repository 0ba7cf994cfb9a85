"""Shared by the golden writers here: import the official code, load a tiny checkpoint, read episodes, write JSON.

Not run by itself. Nothing is copied from the references: their files are imported from checkout paths given as options.
"""

import base64
import importlib
import json
import sys
import types
from contextlib import contextmanager
from math import isqrt
from pathlib import Path
from unittest import mock

import numpy as np
import timm
import torch
from safetensors.torch import load_file
from timm.models.vision_transformer import VisionTransformer

TOWERS = ("featurizer", "fused_featurizer")
EMPTY_TOKEN = 29871


def import_official(hf_folder, module):
    """Imports one file of `prismatic/extern/hf` without running the `prismatic` package's own __init__."""
    package = types.ModuleType("official_hf")
    package.__path__ = [str(hf_folder)]
    sys.modules["official_hf"] = package
    return importlib.import_module(f"official_hf.{module}")


def load_weights(folder):
    index = folder / "model.safetensors.index.json"
    if not index.exists():
        return load_file(str(folder / "model.safetensors"))
    shards = sorted(set(json.loads(index.read_text())["weight_map"].values()))
    return {name: tensor for shard in shards for name, tensor in load_file(str(folder / shard)).items()}


def tower_tensors(weights, name):
    prefix = f"vision_backbone.{name}."
    return {key.removeprefix(prefix): value for key, value in weights.items() if key.startswith(prefix)}


def complete_config(config, weights):
    """Sizes that a config leaves out, read off the tensors; LlamaConfig and the backbone's name would mean 7B sizes."""
    if "image_sizes" not in config:
        towers = [tower_tensors(weights, name) for name in TOWERS if any(f".{name}." in key for key in weights)]
        sides = [tower["patch_embed.proj.weight"].shape[-1] * isqrt(tower["pos_embed"].shape[1]) for tower in towers]
        config["image_sizes"] = sides
    layer, layers = "language_model.model.layers.", {key.split(".")[3] for key in weights if ".layers." in key}
    text = config["text_config"]
    text.setdefault("num_hidden_layers", len(layers))
    text.setdefault("intermediate_size", weights[f"{layer}0.mlp.gate_proj.weight"].shape[0])
    text.setdefault("hidden_size", weights["language_model.model.embed_tokens.weight"].shape[1])
    return config


def tower_from_shapes(weights, name, heads, image_size, activation):
    """A timm vision transformer whose sizes come from the stored tensors."""
    tower = tower_tensors(weights, name)
    dim, _, patch, _ = tower["patch_embed.proj.weight"].shape
    depth = 1 + max(int(key.split(".")[1]) for key in tower if key.startswith("blocks."))
    class_token = "cls_token" in tower
    return VisionTransformer(
        img_size=image_size,
        patch_size=patch,
        num_classes=0,
        global_pool="map" if "attn_pool.latent" in tower else "token" if class_token else "",
        embed_dim=dim,
        depth=depth,
        num_heads=heads,
        mlp_ratio=(tower["blocks.0.mlp.fc1.weight"].shape[0] + 0.5) / dim,
        init_values=1.0 if "blocks.0.ls1.scale_factor" in tower else None,
        class_token=class_token,
        no_embed_class=class_token and tower["pos_embed"].shape[1] == (image_size // patch) ** 2,
        reg_tokens=tower["reg_token"].shape[1] if "reg_token" in tower else 0,
        act_layer=activation,
    )


@contextmanager
def towers_from(towers):
    """While active, the official constructor gets these towers instead of the full-size ones."""
    towers = iter(towers)
    with mock.patch.object(timm, "create_model", lambda *_, **__: next(towers)):
        yield


def load_model(modeling, checkpoint):
    """The official model class over a checkpoint directory: float32, eager attention, greedy, no stop token."""
    weights = load_weights(checkpoint)
    config = complete_config(json.loads((checkpoint / "config.json").read_text()), weights)
    per_tower = (config[key] for key in ("vision_heads", "image_sizes", "timm_override_act_layers"))
    towers = [tower_from_shapes(weights, *settings) for settings in zip(TOWERS, *per_tower)]
    unused = tuple(
        f"vision_backbone.{name}.{part}."
        for name, tower in zip(TOWERS, towers)
        for part in (f"blocks.{len(tower.blocks) - 1}", "norm", "attn_pool")
    )
    with towers_from(towers):
        model = modeling.OpenVLAForActionPrediction(modeling.OpenVLAConfig(**config, attn_implementation="eager"))
    report = model.load_state_dict({name: tensor.float() for name, tensor in weights.items()}, strict=False)
    if config["text_config"].get("tie_word_embeddings"):
        unused += ("language_model.lm_head.weight",)  # the word table under a second name
    missing = [name for name in report.missing_keys if not name.startswith(unused)]
    if missing or report.unexpected_keys:
        raise SystemExit(f"checkpoint: missing {missing}, unexpected {report.unexpected_keys}")
    model = model.float().eval()
    model.generation_config.eos_token_id = None
    return model


def keep_outputs(model):
    """Makes `model.generate` remember its last full result as `model.last_output`."""
    official = model.generate

    def generate(*args, **kwargs):
        model.last_output = official(*args, **kwargs)
        return model.last_output

    model.generate = generate


def read_episode(path, image_size):
    """Yields the official keyword arguments of every step; tensors are taken verbatim."""
    for line in path.read_text().splitlines():
        step = json.loads(line)
        ids = torch.tensor([step["input_ids"]])
        pixels = np.fromfile(path.parent / step["pixel_values"], dtype="<f4").reshape(1, -1, image_size, image_size)
        yield {"input_ids": ids, "attention_mask": torch.ones_like(ids), "pixel_values": torch.from_numpy(pixels)}


def generated_tokens(model, inputs):
    return model.last_output.sequences[0, inputs["input_ids"].shape[1] :].tolist()


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
    modules = ("torch", "timm", "transformers", "tokenizers", "numpy")
    return {name: importlib.import_module(name).__version__ for name in modules}
