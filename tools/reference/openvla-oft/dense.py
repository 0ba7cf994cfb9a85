"""Golden numbers of the unpruned OpenVLA-OFT, from the official modelling file, heads and transformers fork.

Cases: L1 head with one view and with all views, discrete head, diffusion head with the episode's noise (50 and 10 DDIM
steps), FiLM with the L1 head. Every case has the proprio token, except `discrete`.

    python dense.py --openvla-oft CHECKOUT --transformers FORK --checkpoint DIR --episode FILE --out FILE
                    [--platform libero] [--prune-layer 3] [--steps 3] [--unnorm-key KEY]

DIR is filled by make_components.py. Attention maps are means over heads, restricted to the visual columns.
"""

from itertools import islice
from types import SimpleNamespace
from unittest import mock

import torch
from make_components import LORA_RANK
from oft import (
    AttentionMaps,
    build_components,
    import_oft,
    keep_normalized,
    layout_of,
    load_component,
    load_oft_model,
    model_inputs,
    normalize_state,
    parse_options,
    read_steps,
)
from reference import every_16th, pack, versions, write_json

STOP_TOKEN = 2
DDIM_STEPS = (50, 10)


class Watch:
    """What passes through the official modules: projector output, decoder input, hidden states, logits, maps."""

    def __init__(self, model):
        decoder = model.language_model.model
        self.maps = AttentionMaps(decoder)
        model.projector.register_forward_hook(self.see_projector)
        decoder.register_forward_pre_hook(self.see_decoder, with_kwargs=True)
        model.language_model.register_forward_hook(self.see_output)

    def see_projector(self, _module, _inputs, output):
        self.features = output[0]

    def see_decoder(self, _module, _args, settings):
        self.embeddings = settings["inputs_embeds"][0]

    def see_output(self, _module, _inputs, output):
        self.output = output


def check_layout(watch, model, layout, step, proprio_token):
    """The claimed layout against the decoder's input, token by token."""
    words = model.get_input_embeddings().weight
    expected = {
        "bos": (watch.embeddings[0], words[step["input_ids"][0, 0]]),
        "patches": (watch.embeddings[layout.patches], watch.features),
        "text": (watch.embeddings[layout.text], words[step["input_ids"][0, 1:]]),
        "stop": (watch.embeddings[layout.stop], words[STOP_TOKEN]),
    }
    if layout.diffusion_step is None:
        expected["placeholders"] = (watch.embeddings[layout.placeholders], torch.zeros(1))
    if layout.proprio is not None:
        expected["proprio"] = (watch.embeddings[layout.proprio], proprio_token)
    wrong = [name for name, (found, wanted) in expected.items() if not (found == wanted).all()]
    if wrong or len(watch.embeddings) != layout.stop + 1:
        raise SystemExit(f"layout: {wrong} are not where they should be in {len(watch.embeddings)} tokens")


def all_cases(views):
    l1 = {"head": "l1", "proprio": True, "film": False}
    return {
        "l1/1-view": {**l1, "views": 1},
        f"l1/{views}-views": {**l1, "views": views},
        "discrete": {**l1, "head": "discrete", "proprio": False, "views": views},
        **{f"diffusion/{count}": {**l1, "head": "diffusion", "views": views, "ddimSteps": count} for count in DDIM_STEPS},
        "film": {**l1, "film": True, "views": views},
    }


def record_attention(watch, layout, prune_layer):
    semantic = watch.maps.layers[prune_layer - 1][:, layout.patches]
    rows = {"prefill": semantic[: layout.placeholders.start], "text": semantic[layout.text]}
    action = torch.stack([layer[layout.placeholders, layout.patches].mean(dim=0) for layer in watch.maps.layers])
    return {
        "semantic": {
            **{name: pack(row.mean(dim=0)) for name, row in rows.items()},
            "last": pack(semantic[layout.stop]),
            "lastPrompt": pack(semantic[layout.placeholders.start - 1]),
        },
        "actionAttention": pack(action),
    }


def record_actions(official, model, unnorm_key):
    """Normalised actions, and un-normalised by both schemes."""
    schemes = official.constants.NormalizationType
    actions = {}
    for scheme in (schemes.BOUNDS, schemes.BOUNDS_Q99):
        with mock.patch.object(official.modeling, "ACTION_PROPRIO_NORMALIZATION_TYPE", scheme):
            statistics = model.get_action_stats(unnorm_key)
            actions[scheme.value] = type(model)._unnormalize_actions(model, model.normalized_actions, unnorm_key).tolist()
            assert len(statistics["min"]) == official.constants.ACTION_DIM
    return {"normalized": model.normalized_actions.tolist(), "action": actions}


class Runner:
    def __init__(self, official, options):
        self.official, self.options = official, options
        self.components = {}

    def prepare(self, case):
        """A fresh official model with the case's components."""
        official, folder = self.official, self.options.checkpoint
        self.model = model = load_oft_model(official, folder, case["views"])
        self.components = build_components(official, model.llm_dim)
        load_component(official, folder, "action_head", self.components["l1"])
        load_component(official, folder, "proprio_projector", self.components["proprio_projector"])
        load_component(official, folder / "diffusion", "action_head", self.components["diffusion"])
        load_component(official, folder / "diffusion", "noisy_action_projector", self.components["noisy_action_projector"])
        if case["film"]:
            settings = SimpleNamespace(lora_rank=LORA_RANK, pretrained_checkpoint=str(folder / "film"))
            self.model = model = official.robot._apply_film_to_vla(model, settings).float().eval()
        keep_normalized(model)
        return Watch(model)


