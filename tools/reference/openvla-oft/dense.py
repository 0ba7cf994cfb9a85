"""Golden numbers of the unpruned OpenVLA-OFT, from the official modelling file, heads and transformers fork.

Cases: L1 head with one view and with all views, discrete head, diffusion head with the episode's noise (50 and 10 DDIM
steps), L1 head with FiLM; all but `discrete` have the proprio token. Every step has the hidden states that enter the
head, and actions: normalised, and un-normalised by both schemes. The L1 cases also have attention, means over heads, of
the visual columns (`semantic`: layer before the prune layer; `actionAttention`: every layer, mean of the placeholder
rows); their step 0 has projector output and hidden states at the prune layer's input, every 16th row.

    python dense.py --openvla-oft CHECKOUT --checkpoint DIR --episode FILE --out FILE
                    [--platform libero] [--prune-layer 3] [--steps 3] [--cases NAME ...] [--unnorm-key KEY]
"""

from contextlib import contextmanager
from functools import partial
from itertools import islice
from types import SimpleNamespace
from unittest import mock

import torch
from make_components import LORA_RANK
from oft import (
    AttentionMaps,
    import_oft,
    keep_normalized,
    layout_of,
    load_components,
    load_oft_model,
    model_inputs,
    normalize_state,
    parse_options,
    read_steps,
)
from reference import every_16th, pack, versions, write_json

STOP_TOKEN = 2


def all_cases(views, steps):
    shared = {"head": "l1", "views": views, "proprio": True, "film": False, "steps": 1}
    return {
        "l1/1-view": {**shared, "views": 1, "steps": steps},
        f"l1/{views}-views": {**shared, "steps": steps},
        "discrete": {**shared, "head": "discrete", "proprio": False},
        "diffusion/50": {**shared, "head": "diffusion", "ddimSteps": 50},
        "diffusion/10": {**shared, "head": "diffusion", "ddimSteps": 10},
        "film": {**shared, "film": True},
    }


def load_case(official, options, case):
    model = load_oft_model(official, options.checkpoint, case["views"])
    if case["film"]:
        settings = SimpleNamespace(lora_rank=LORA_RANK, pretrained_checkpoint=str(options.checkpoint / "film"))
        model = official.robot._apply_film_to_vla(model, settings).float().eval()
    keep_normalized(model)
    return model


class Watch:
    """Remembers what passes through the official modules during one call."""

    def __init__(self, model, maps, components):
        decoder = model.language_model.model
        self.maps = maps
        maps.follow(decoder)
        model.vision_backbone.register_forward_pre_hook(self.see_backbone)
        model.projector.register_forward_hook(self.see_projector)
        components["proprio_projector"].register_forward_hook(self.see_proprio)
        decoder.register_forward_pre_hook(self.see_decoder, with_kwargs=True)
        model.language_model.register_forward_hook(self.see_output)

    def see_backbone(self, _module, inputs):
        self.language = inputs[1][0].mean(dim=0) if len(inputs) > 1 else None

    def see_projector(self, _module, _inputs, output):
        self.features = output[0]

    def see_proprio(self, _module, _inputs, output):
        self.proprio_token = output[0]

    def see_decoder(self, _module, _inputs, settings):
        self.embeddings = settings["inputs_embeds"][0]

    def see_output(self, _module, _inputs, output):
        self.output = output


def check_layout(watch, model, layout, ids):
    """The claimed layout against the decoder's input, token by token."""
    words = model.get_input_embeddings().weight
    expected = [(0, words[ids[0]]), (layout.patches, watch.features), (layout.text, words[ids[1:]])]
    expected.append((layout.stop, words[STOP_TOKEN]))
    if layout.proprio is not None:
        expected.append((layout.proprio, watch.proprio_token))
    if layout.diffusion_step is None:
        expected.append((layout.placeholders, torch.zeros(1)))
    wrong = [where for where, values in expected if not (watch.embeddings[where] == values).all()]
    if wrong or len(watch.embeddings) != layout.stop + 1:
        raise SystemExit(f"layout: {len(watch.embeddings)} tokens, unexpected values at {wrong}")


@contextmanager
def given_noise(head, noise, samples):
    """The official diffusion loop starts from `noise`; (predicted noise, next sample) of each step join `samples`."""
    official = head.noise_scheduler.step

    def step(prediction, timestep, sample):
        result = official(prediction, timestep, sample)
        samples.append(torch.stack((prediction[0], result.prev_sample[0])))
        return result

    with mock.patch.object(torch, "randn", lambda **_: noise), mock.patch.object(head.noise_scheduler, "step", step):
        yield


def diffuse(components, case, step, predict):
    """One prediction with the diffusion head, and what happened on the way."""
    head, samples = components["diffusion"], []
    head.noise_scheduler.set_timesteps(case["ddimSteps"])
    with given_noise(head, step["noise"], samples):
        head_rows = predict()
    predictions, samples = torch.stack(samples, dim=1)
    return head_rows, {
        "noise": pack(step["noise"][0]),
        "timesteps": head.noise_scheduler.timesteps.tolist(),
        "alphasCumprod": pack(head.noise_scheduler.alphas_cumprod),
        "firstTimeEmbedding": pack(head.time_encoder(head.noise_scheduler.timesteps[:1].float())[0]),
        "noisePredictions": pack(predictions),
        "samples": pack(samples),
    }


def predict(official, model, components, case, step, unnorm_key):
    """The hidden states that entered the head last; the actions stay at the model."""
    settings = {"unnorm_key": unnorm_key, "use_film": case["film"]}
    if case["proprio"]:
        settings["proprio"] = normalize_state(official, model, step["state"], unnorm_key)
        settings["proprio_projector"] = components["proprio_projector"]
    if case["head"] != "discrete":
        settings["action_head"] = components[case["head"]]
    if case["head"] == "diffusion":
        settings["noisy_action_projector"] = components["noisy_action_projector"]
    return model.predict_action(**model_inputs(step, case["views"]), **settings)[1][0]


def record_attention(maps, layout, prune_layer):
    visual = maps.layers[prune_layer - 1][:, layout.patches]
    action = torch.stack([layer[layout.placeholders, layout.patches].mean(dim=0) for layer in maps.layers])
    semantic = {
        "prefill": visual[: layout.placeholders.start].mean(dim=0),
        "last": visual[layout.stop],
        "lastPrompt": visual[layout.text.stop - 1],
        "text": visual[layout.text].mean(dim=0),
    }
    return {"semantic": {rows: pack(scores) for rows, scores in semantic.items()}, "actionAttention": pack(action)}


def by_scheme(official, compute):
    schemes = official.constants.NormalizationType
    return {scheme.value: compute(scheme).tolist() for scheme in (schemes.BOUNDS, schemes.BOUNDS_Q99)}


def record_actions(official, model, unnorm_key):
    def compute(scheme):
        with mock.patch.object(official.modeling, "ACTION_PROPRIO_NORMALIZATION_TYPE", scheme):
            return type(model)._unnormalize_actions(model, normalized, unnorm_key)

    normalized = model.normalized_actions
    return {"normalized": normalized.tolist(), "action": by_scheme(official, compute)}


def run_case(official, options, maps, case, episode):
    model = load_case(official, options, case)
    components = load_components(official, options.checkpoint, model.llm_dim)
    watch = Watch(model, maps, components)
    key, prune_layer = options.unnorm_key, options.prune_layer
    steps = []
    for step in islice(episode, case["steps"]):
        layout = layout_of(official, model, step["input_ids"], case)
        recorded = {}
        call = partial(predict, official, model, components, case, step, key)
        if case["head"] == "diffusion":
            head_rows, recorded["diffusion"] = diffuse(components, case, step, call)
        else:
            head_rows = call()
        check_layout(watch, model, layout, step["input_ids"][0])
        recorded |= record_actions(official, model, key)
        recorded["headInput"] = pack(head_rows)
        if case["proprio"]:
            recorded["proprio"] = by_scheme(official, partial(normalize_state, official, model, step["state"], key))
            recorded["proprioToken"] = pack(watch.proprio_token)
        if case["head"] == "discrete":
            recorded["tokens"] = watch.output.logits[0, layout.head_rows].argmax(dim=1).tolist()
        if case["film"]:
            recorded["averageLanguageEmbedding"] = pack(watch.language)
        if case["head"] == "l1" and not case["film"]:
            recorded |= record_attention(maps, layout, prune_layer)
        if not steps and case["head"] == "l1":
            recorded["imageFeatures"] = every_16th(watch.features)
            recorded["hiddenStates"] = every_16th(watch.output.hidden_states[prune_layer][0])
        steps.append(recorded)
    return {**case, "layout": layout.to_json(), "steps": steps}


@torch.inference_mode()
def main():
    parser = parse_options(__doc__, "--episode", "--out")
    parser.add_argument("--prune-layer", type=int, default=3)
    parser.add_argument("--steps", type=int, default=3)
    parser.add_argument("--cases", nargs="+", help="default: all")
    parser.add_argument("--unnorm-key")
    options = parser.parse_args()
    official = import_oft(options)

    episode = read_steps(options, official)
    views = episode[0]["pixel_values"].shape[1] // 6
    maps = AttentionMaps()
    cases = {}
    for name, case in all_cases(views, options.steps).items():
        if not options.cases or name in options.cases:
            cases[name] = run_case(official, options, maps, case, episode)
    settings = {"platform": options.platform, "pruneLayer": options.prune_layer}
    write_json(options.out, {"versions": versions(), **settings, "cases": cases})


if __name__ == "__main__":
    main()
