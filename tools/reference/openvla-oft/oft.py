"""Shared by the golden writers here: import the official OpenVLA-OFT code, load a tiny checkpoint, watch its decoder.

Not run by itself; builds on `../openvla/reference.py`. Attention is bidirectional because the transformers fork of the
authors makes it so, in its fused attention alone: eager attention, which asking for maps selects, stays causal there.
So nothing is asked for: `AttentionMaps` computes the maps from the queries and keys that the fused attention receives.
"""

import argparse
import importlib
import json
import sys
import types
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import numpy as np
import torch

sys.path.append(str(Path(__file__).resolve().parents[1] / "openvla"))

from reference import EMPTY_TOKEN, load_model

STUBS = ("json_numpy", "tensorflow", "prismatic.vla.datasets.rlds.utils.data_utils")


def parse_options(description, *paths):
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    for option in ("--openvla-oft", "--checkpoint", *paths):
        parser.add_argument(option, type=Path, required=True)
    parser.add_argument("--platform", choices=("libero", "aloha", "bridge"), default="libero")
    return parser


def import_oft(options):
    """The official modules, without the `prismatic` package's own __init__ files and without TensorFlow.

    The official constants guess the platform from the command line, so they get one that says nothing else.
    """
    sys.path.insert(0, str(options.openvla_oft))
    for name in ("prismatic", "prismatic.models", "prismatic.training", "prismatic.vla"):
        sys.modules[name] = types.ModuleType(name)
        sys.modules[name].__path__ = [str(options.openvla_oft / name.replace(".", "/"))]
    with mock.patch.object(sys, "argv", [options.platform]):
        constants = importlib.import_module("prismatic.vla.constants")
    official = types.SimpleNamespace(
        constants=constants,
        modeling=importlib.import_module("prismatic.extern.hf.modeling_prismatic"),
        heads=importlib.import_module("prismatic.models.action_heads"),
        projectors=importlib.import_module("prismatic.models.projectors"),
        film=importlib.import_module("prismatic.models.film_vit_wrapper"),
    )
    sys.modules.update({name: mock.MagicMock() for name in STUBS})
    official.robot = importlib.import_module("experiments.robot.openvla_utils")
    official.robot.NormalizationType = constants.NormalizationType
    for name in STUBS:
        del sys.modules[name]
    return official


def load_oft_model(official, checkpoint, views):
    """The official model with fused attention (the fork's bidirectional one) and the fine-tune's statistics."""

    def fused(**settings):
        return official.modeling.OpenVLAConfig(**{**settings, "attn_implementation": "sdpa"})

    model_class = official.modeling.OpenVLAForActionPrediction
    model = load_model(types.SimpleNamespace(OpenVLAForActionPrediction=model_class, OpenVLAConfig=fused), checkpoint)
    model.norm_stats = json.loads((checkpoint / "dataset_statistics.json").read_text())
    model.vision_backbone.set_num_images_in_input(views)
    return model


def build_components(official, hidden):
    """Fresh modules by component name; the two action heads share one file name, as in the official checkpoints."""
    sizes = {"input_dim": hidden, "hidden_dim": hidden, "action_dim": official.constants.ACTION_DIM}
    return {
        "l1": official.heads.L1RegressionActionHead(**sizes),
        "diffusion": official.heads.DiffusionActionHead(**sizes),
        "proprio_projector": official.projectors.ProprioProjector(hidden, official.constants.PROPRIO_DIM),
        "noisy_action_projector": official.projectors.NoisyActionProjector(hidden),
    }


def load_components(official, checkpoint, hidden):
    """All components of a directory that make_components.py filled, in float32."""
    modules = build_components(official, hidden)
    for name, module in modules.items():
        folder = checkpoint / "diffusion" if name in ("diffusion", "noisy_action_projector") else checkpoint
        file = "action_head" if name in ("l1", "diffusion") else name
        path = official.robot.find_checkpoint_file(str(folder), file)
        module.load_state_dict(official.robot.load_component_state_dict(path))
        module.float().eval()
    return modules


def read_steps(options, official):
    """The episode's steps: `input_ids` and `pixel_values` verbatim, `state` raw, `noise` (if any) one action chunk."""

    def read(name, *shape):
        values = np.fromfile(options.episode.parent / name, dtype="<f4")
        return torch.from_numpy(values.reshape(1, *shape))

    size = json.loads((options.checkpoint / "config.json").read_text())["image_sizes"][0]
    steps = [json.loads(line) for line in options.episode.read_text().splitlines()]
    for step in steps:
        if step["input_ids"][-1] != EMPTY_TOKEN:
            raise SystemExit(f"{options.episode}: input_ids must end with {EMPTY_TOKEN}, or the model appends it")
        step["input_ids"] = torch.tensor([step["input_ids"]])
        step["pixel_values"] = read(step["pixel_values"], -1, size, size)
        if "noise" in step:
            step["noise"] = read(step["noise"], official.constants.NUM_ACTIONS_CHUNK, official.constants.ACTION_DIM)
    return steps


def model_inputs(step, views):
    ids, pixels = step["input_ids"], step["pixel_values"][:, : 6 * views]
    return {"input_ids": ids, "attention_mask": torch.ones_like(ids), "pixel_values": pixels}


def normalize_state(official, model, state, unnorm_key, scheme=None):
    """The official proprio normalisation, by the platform's scheme unless another is named."""
    statistics = model.norm_stats[model._check_unnorm_key(model.norm_stats, unnorm_key)]["proprio"]
    scheme = scheme or official.constants.ACTION_PROPRIO_NORMALIZATION_TYPE
    with mock.patch.object(official.robot, "ACTION_PROPRIO_NORMALIZATION_TYPE", scheme):
        return official.robot.normalize_proprio(np.array(state), statistics)


@dataclass
class Layout:
    """Where things stand in the decoder's input; absent tokens are None."""

    patches: slice
    proprio: int | None
    diffusion_step: int | None
    text: slice
    placeholders: slice

    @property
    def stop(self):
        return self.placeholders.stop

    @property
    def head_rows(self):
        return slice(self.placeholders.start - 1, self.placeholders.stop - 1)

    def to_json(self):
        places = {
            "bos": 0,
            "patches": self.patches,
            "proprio": self.proprio,
            "diffusionStep": self.diffusion_step,
            "text": self.text,
            "placeholders": self.placeholders,
            "stop": self.stop,
            "headRows": self.head_rows,
        }
        ends = {name: [at.start, at.stop] for name, at in places.items() if isinstance(at, slice)}
        return {"length": self.stop + 1, **places, **ends}


def layout_of(official, model, ids, case):
    patches = slice(1, 1 + case["views"] * model.vision_backbone.get_num_patches())
    diffusion = case["head"] == "diffusion"
    text_start = patches.stop + case["proprio"] + diffusion
    actions_start = text_start + ids.shape[1] - 1
    actions = official.constants.ACTION_DIM * official.constants.NUM_ACTIONS_CHUNK
    return Layout(
        patches=patches,
        proprio=patches.stop if case["proprio"] else None,
        diffusion_step=patches.stop + case["proprio"] if diffusion else None,
        text=slice(text_start, actions_start),
        placeholders=slice(actions_start, actions_start + actions),
    )


class AttentionMaps:
    """The head-mean attention map of every decoder layer of the last pass; the official results stay as they are."""

    def __init__(self):
        self.layers = []
        self.official = torch.nn.functional.scaled_dot_product_attention
        torch.nn.functional.scaled_dot_product_attention = self

    def follow(self, decoder):
        """Starts over whenever the decoder does: the vision towers run before it, through the same function."""
        decoder.register_forward_pre_hook(lambda *_: self.layers.clear())

    def __call__(self, query, key, value, attn_mask=None, is_causal=False, **settings):
        if is_causal or (attn_mask is not None and attn_mask.any()):
            raise SystemExit("attention is not bidirectional: install the transformers fork of openvla-oft's authors")
        scores = query @ key.transpose(-1, -2) / query.shape[-1] ** 0.5
        self.layers.append(scores.softmax(dim=-1)[0].mean(dim=0))
        return self.official(query, key, value, attn_mask=attn_mask, is_causal=is_causal, **settings)


def keep_normalized(model):
    """Makes `predict_action` remember the actions it un-normalises as `model.normalized_actions`."""
    official = model._unnormalize_actions

    def unnormalize(normalized, unnorm_key=None):
        model.normalized_actions = normalized
        return official(normalized, unnorm_key)

    model._unnormalize_actions = unnormalize
