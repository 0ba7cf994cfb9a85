"""Golden numbers of the published VLA-Pruner on OpenVLA (window 3, decay 0.8, prune layer 3, action layer 15).

Cases: semantic rows x retention x weight order, plus fastv, text-vision, sparsevlm and the unpruned model. Two things are
changed at run time, the checkout stays as it is: the guide keeps float32 (the published code casts it to bfloat16), and
the order `fixed` hands the history over reversed, so that the newest call weighs most (`legacy`: as published).
Margins tell how close a choice was: relative gap at the cut of each top-B, smallest gap of the greedy diversity picks.

    python pruned.py --vla-pruner CHECKOUT --checkpoint DIR --episode FILE --out FILE [--unnorm-key KEY]
"""

import argparse
import sys
from collections import deque
from itertools import product
from pathlib import Path

import torch

from reference import (
    EMPTY_TOKEN,
    generated_tokens,
    import_official,
    keep_outputs,
    load_model,
    pack,
    read_episode,
    versions,
    write_json,
)

WINDOW, DECAY, PRUNE_LAYER, VISION = 3, 0.8, 3, 256
WITH_VECTORS = {"last/0.25/fixed", "prefill/0.25/legacy"}


class Float32Torch:
    """Stands in for `torch` inside the modelling module, where bfloat16 occurs only as the guide's type."""

    bfloat16 = torch.float32

    def __getattr__(self, name):
        return getattr(torch, name)


class ReversedHistory(deque):
    """The published code asks for [-1], [-2], … with growing weights; this answers oldest first."""

    def __getitem__(self, index):
        return super().__getitem__(-1 - index)


def all_cases():
    cases = {"dense": {"pruner": "keep-all", "retention": 1}}
    for rows, retention, order in product(("last", "prefill"), (0.5, 0.25, 0.125, 1), ("legacy", "fixed")):
        settings = {"pruner": "vla-pruner", "semanticRows": rows, "retention": retention, "weightOrder": order}
        cases[f"{rows}/{retention}/{order}"] = settings
    for pruner in ("fastv", "text-vision", "sparsevlm"):
        cases[pruner] = {"pruner": pruner, "retention": 0.25}
    return cases


def configure(model, case):
    """The attributes that the published evaluation script sets, through the same public names."""
    pruner = case["pruner"]
    model.use_fastv = pruner != "keep-all"
    model.fastv_k, model.fastv_r = PRUNE_LAYER, 1 - case["retention"]
    model.fastv_image_token_start_index, model.fastv_image_token_length = 1, VISION
    model.use_temporal = pruner == "vla-pruner"
    model.use_text_vision_selection = pruner == "text-vision"
    model.use_prefil_attention = case.get("semanticRows") == "prefill"
    model.sparsevlm = pruner == "sparsevlm"
    model.av_decay = DECAY
    model.av_hist = (ReversedHistory if case.get("weightOrder") == "fixed" else deque)(maxlen=WINDOW)
    model.reset_av_history()
    model.step = None
    model.fastv_config = None
    model.language_model.pruning_info = model.language_model.model.pruning_info = None


class Probe:
    """Watches the official run: attention of the layer before the cut, candidates and gaps of the diversity filter."""

    def __init__(self, decoder):
        self.attention, self.candidates, self.diversity = None, None, None
        self.official = decoder._redundancy_minization
        decoder.layers[PRUNE_LAYER - 1].register_forward_hook(self.see_layer)
        decoder._redundancy_minization = self.see_filter

    def see_layer(self, _module, _inputs, outputs):
        if outputs[1].shape[2] > 1:
            self.attention = outputs[1][0].mean(dim=0)
            self.candidates = self.diversity = None

    def see_filter(self, features, count):
        picks = self.official(features, count)
        unit = torch.nn.functional.normalize(features.double(), dim=1)
        distance = 1 - unit @ unit.T
        nearest = distance.clone().fill_diagonal_(torch.inf).min(dim=0).values
        gaps = []
        for pick in picks:
            others = nearest.clone()
            others[pick] = -torch.inf
            gaps.append((nearest[pick] - others.max()).item())
            nearest = distance[pick] if len(gaps) == 1 else torch.minimum(nearest, distance[pick])
            nearest[picks[: len(gaps)]] = -torch.inf
        self.candidates, self.diversity = len(features), min(gaps)
        return picks

    def semantic(self, case, rater_ids):
        """The vector that the published code ranks, by the case's choice of rows."""
        visual = self.attention[:, 1 : 1 + VISION]
        if case["pruner"] == "sparsevlm":
            return visual[rater_ids].mean(dim=0)
        if case["pruner"] == "text-vision":
            return visual[VISION + 2 : -1].mean(dim=0)
        return visual.mean(dim=0) if case.get("semanticRows") == "prefill" else visual[-1]


def cut_margin(scores, budget):
    """Relative gap between the last kept and the first dropped score."""
    ordered = scores.sort(descending=True).values
    return None if budget == len(scores) else ((ordered[budget - 1] - ordered[budget]) / ordered[budget - 1]).item()


def check_kept(kept, budget, semantic, guide):
    allowed = set(semantic.topk(budget).indices.tolist())
    if guide is not None:
        allowed |= set(guide.topk(budget).indices.tolist())
    if len(kept) != budget or not allowed.issuperset(kept):
        raise SystemExit(f"kept {len(kept)} of {budget}, outside the candidates: {set(kept) - allowed}")


def record_step(model, probe, case, inputs, action, with_vectors):
    info = model.language_model.pruning_info
    tokens = generated_tokens(model, inputs)
    if EMPTY_TOKEN in tokens[:-1]:
        raise SystemExit(f"token {EMPTY_TOKEN} was generated, the published code then prefills again: change the fixture")
    guide = model.fastv_config and model.fastv_config["historical_attention"]
    pruned = model.use_fastv and (guide is not None or not model.use_temporal)
    semantic = probe.semantic(case, info and info["rater_ids"])
    kept = list(range(VISION))
    step = {"decision": "pruned" if pruned else "dense", "tokens": tokens, "action": action.tolist()}
    if pruned:
        kept = [index - 1 for index in info["kept_indices"].tolist() if 1 <= index <= VISION]
        budget = round(VISION * case["retention"])
        check_kept(kept, budget, semantic, guide)
        step["candidates"] = probe.candidates
        step["margins"] = {
            "semantic": cut_margin(semantic, budget),
            "forecast": None if guide is None else cut_margin(guide, budget),
            "diversity": probe.diversity,
        }
    if case["pruner"] == "sparsevlm":
        step["raterRows"] = info["rater_ids"].tolist()
    if with_vectors:
        step["semantic"] = pack(semantic)
        step["forecast"] = None if guide is None else pack(guide)
        step["actionAttention"] = pack(deque.__getitem__(model.av_hist, -1))
    return {**step, "kept": kept}


@torch.inference_mode()
def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for option in ("--vla-pruner", "--checkpoint", "--episode", "--out"):
        parser.add_argument(option, type=Path, required=True)
    parser.add_argument("--unnorm-key")
    options = parser.parse_args()

    source = options.vla_pruner / "src/openvla"
    sys.path.insert(0, str(source / "transformers/src"))
    modeling = import_official(source / "prismatic/extern/hf", "modeling_prismatic")
    modeling.torch = Float32Torch()
    model = load_model(modeling, options.checkpoint)
    keep_outputs(model)
    probe = Probe(model.language_model.model)

    episode = list(read_episode(options.episode, model.config.image_sizes[0]))
    if any(inputs["input_ids"][0, -1] != EMPTY_TOKEN for inputs in episode):
        raise SystemExit(f"{options.episode}: input_ids must end with {EMPTY_TOKEN}, or the published code appends it")
    cases = {}
    for name, case in all_cases().items():
        configure(model, case)
        steps = []
        for inputs in episode:
            settings = {"do_sample": False, "return_dict_in_generate": True, "output_attentions": True}
            action, _ = model.predict_action(**inputs, **settings, unnorm_key=options.unnorm_key)
            steps.append(record_step(model, probe, case, inputs, action, name in WITH_VECTORS))
        cases[name] = {**case, "steps": steps}
    settings = {"window": WINDOW, "decay": DECAY, "pruneLayer": PRUNE_LAYER, "actionLayers": [15]}
    write_json(options.out, {"versions": versions(), **settings, "cases": cases})


if __name__ == "__main__":
    main()
