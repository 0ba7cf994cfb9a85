"""Golden numbers of VLA-Pruner on OpenVLA-OFT (all views, proprio, L1 head; window 3, decay 0.8, prune layer 3).

The pruning is a run-time patch on the official model, written for this repository from the method's description: layers
before the prune layer run on all tokens, the others on the kept ones at their original positions; kept are all
non-visual tokens and, per view (or jointly), a budget of visual ones: top semantic scores, union top forecasts, thinned
by max-min diversity of the projector's output. Until the window is full a call runs dense. Cases: semantic rows x
retention (`prefill`: rows before the placeholders, `last`: stop token), a joint budget, fastv, the unpruned model.
Margins tell how close a choice was: relative gap at the cut of each top-B, smallest gap of the greedy diversity picks.

    python pruned.py --openvla-oft CHECKOUT --checkpoint DIR --episode FILE --out FILE
                     [--platform libero] [--action-layers 4 5 6 7] [--unnorm-key KEY]
"""

from collections import deque
from itertools import product

import torch
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
from reference import pack, versions, write_json

WINDOW, DECAY, PRUNE_LAYER = 3, 0.8, 3
WITH_VECTORS = "prefill/0.25"


def all_cases():
    cases = {"dense": {"pruner": "keep-all", "retention": 1}}
    for rows, retention in product(("prefill", "last"), (1, 0.5, 0.25, 0.125)):
        settings = {"pruner": "vla-pruner", "semanticRows": rows, "retention": retention, "budget": "view"}
        cases[f"{rows}/{retention}"] = settings
    cases["prefill/0.25/joint"] = {**cases["prefill/0.25"], "budget": "joint"}
    cases["fastv"] = {"pruner": "fastv", "semanticRows": "last", "retention": 0.25, "budget": "view"}
    return cases


def top(scores, budget):
    """Indices of the highest scores, ties to the lower index."""
    return scores.sort(descending=True, stable=True).indices[:budget]


def cut_margin(scores, budget):
    """Relative gap between the last kept and the first dropped score."""
    if scores is None or budget == len(scores):
        return None
    ordered = scores.sort(descending=True).values
    return ((ordered[budget - 1] - ordered[budget]) / ordered[budget - 1]).item()


def most_diverse(features, count):
    """Greedy max-min picks by cosine distance, and the smallest gap between a pick and the next best one.

    Two tokens that are each other's nearest tie for the first pick by nature: the lower index wins, no gap is counted.
    """
    unit = features / features.norm(dim=1, keepdim=True).clamp_min(1e-6)
    similarity = unit @ unit.T
    distance = 1 - (similarity + similarity.T) / 2
    nearest = distance.clone().fill_diagonal_(torch.inf).min(dim=0).values
    picks, gap = [], torch.inf
    for _ in range(count):
        pick = int(top(nearest, 1))
        others = nearest.clone()
        others[pick] = -torch.inf
        if not picks:
            others[(distance[pick] == nearest[pick]) & (nearest == nearest[pick])] = -torch.inf
        gap = min(gap, (nearest[pick] - others.max()).item())
        nearest = torch.minimum(nearest, distance[pick]) if picks else distance[pick].clone()
        picks.append(pick)
        nearest[picks] = -torch.inf
    return torch.tensor(picks), gap


def select(semantic, forecast, features, retention):
    """Kept indices of one view (or of all together), ascending, and how close the choice was."""
    budget = round(len(semantic) * retention)
    candidates = top(semantic, budget)
    if forecast is not None:
        candidates = torch.cat((candidates, top(forecast, budget))).unique()
    kept, gap = candidates, None
    if len(candidates) > budget:
        picks, gap = most_diverse(features[candidates], budget)
        kept = candidates[picks]
    margins = {"semantic": cut_margin(semantic, budget), "forecast": cut_margin(forecast, budget), "diversity": gap}
    return kept.sort().values, {"candidates": len(candidates), "margins": margins}


class Cut:
    """Shortens the decoder's sequence before the prune layer to what `choose` returns, if it is set."""

    def __init__(self, model):
        self.choose = self.rows = self.length = None
        decoder = model.language_model.model
        decoder.register_forward_pre_hook(self.start, with_kwargs=True)
        decoder.layers[PRUNE_LAYER].register_forward_pre_hook(self.shorten)
        for layer in decoder.layers[PRUNE_LAYER:]:
            layer.register_forward_pre_hook(self.keep_positions, with_kwargs=True)
        decoder.norm.register_forward_pre_hook(self.lengthen)

    def start(self, _module, _inputs, settings):
        self.length = settings["inputs_embeds"].shape[1]
        self.rows = torch.arange(self.length)

    def shorten(self, _module, inputs):
        if self.choose is not None:
            self.rows = self.choose()
        return (inputs[0][:, self.rows],)

    def keep_positions(self, _module, inputs, settings):
        if settings["attention_mask"] is not None:
            raise SystemExit("the official code passes a mask, which this cut does not shorten")
        return inputs, {**settings, "position_ids": self.rows[None]}

    def lengthen(self, _module, inputs):
        """The official code reads the head's rows by their original places; dropped rows become zero."""
        full = inputs[0].new_zeros(1, self.length, inputs[0].shape[2])
        full[:, self.rows] = inputs[0]
        return (full,)


class Pruner:
    """One case's state and decisions over the calls of an episode."""

    def __init__(self, case, views, action_layers, maps, cut):
        self.case, self.views, self.action_layers, self.maps, self.cut = case, views, action_layers, maps, cut
        self.history = deque(maxlen=WINDOW)
        self.features = self.layout = None

    def begin(self, layout):
        self.layout = layout
        self.kept = torch.arange(layout.patches.stop - layout.patches.start)
        self.details, self.semantic, self.forecast = [], None, None
        if self.case["pruner"] == "vla-pruner" and len(self.history) == WINDOW:
            weights = [DECAY ** (1 + age) for age in range(WINDOW)]
            weighted = [weight * scores for weight, scores in zip(weights, reversed(self.history))]
            self.forecast = sum(weighted) / sum(weights)
        prunes = self.forecast is not None or self.case["pruner"] == "fastv"
        self.cut.choose = self.choose if prunes else None

    def see_features(self, _module, _inputs, output):
        self.features = output[0]

    def choose(self):
        """Called before the prune layer: the rows of the sequence to go on with."""
        visual = self.maps.layers[PRUNE_LAYER - 1][:, self.layout.patches]
        before = visual[: self.layout.placeholders.start].mean(dim=0)
        self.semantic = before if self.case["semanticRows"] == "prefill" else visual[self.layout.stop]
        parts = 1 if self.case["budget"] == "joint" else self.views
        size, kept = len(self.semantic) // parts, []
        for start in range(0, len(self.semantic), size):
            part = slice(start, start + size)
            forecast = None if self.forecast is None else self.forecast[part]
            indices, details = select(self.semantic[part], forecast, self.features[part], self.case["retention"])
            kept.append(indices + start)
            self.details.append(details)
        self.kept = torch.cat(kept)
        rest = torch.arange(self.layout.patches.stop, self.layout.stop + 1)
        return torch.cat((torch.zeros(1, dtype=torch.long), self.layout.patches.start + self.kept, rest))

    def end(self):
        """Action attention of the call, zero where a layer did not see a token; joins the history."""
        total = torch.zeros(self.layout.patches.stop - self.layout.patches.start)
        dropped = len(total) - len(self.kept)
        for number in self.action_layers:
            columns, shift = (self.kept, dropped) if number >= PRUNE_LAYER else (torch.arange(len(total)), 0)
            rows = slice(self.layout.placeholders.start - shift, self.layout.placeholders.stop - shift)
            total[columns] += self.maps.layers[number][rows, 1 : 1 + len(columns)].mean(dim=0)
        action_attention = total / len(self.action_layers)
        self.history.append(action_attention)
        return action_attention

    def per_view(self, vector):
        return None if vector is None else pack(vector.reshape(self.views, -1))

    def kept_per_view(self):
        size = (self.layout.patches.stop - self.layout.patches.start) // self.views
        return [(self.kept[self.kept // size == view] % size).tolist() for view in range(self.views)]


def run_case(official, options, model, components, pruner, episode, with_vectors):
    steps = []
    case = {"views": pruner.views, "proprio": True, "head": "l1"}
    for step in episode:
        pruner.begin(layout_of(official, model, step["input_ids"], case))
        model.predict_action(
            **model_inputs(step, pruner.views),
            unnorm_key=options.unnorm_key,
            proprio=normalize_state(official, model, step["state"], options.unnorm_key),
            proprio_projector=components["proprio_projector"],
            action_head=components["l1"],
        )
        action_attention = pruner.end()
        recorded = {
            "decision": "dense" if pruner.cut.choose is None else "pruned",
            "normalized": model.normalized_actions.tolist(),
            "candidates": [part["candidates"] for part in pruner.details],
            "margins": [part["margins"] for part in pruner.details],
            "kept": pruner.kept_per_view(),
        }
        if with_vectors:
            recorded["semantic"] = pruner.per_view(pruner.semantic)
            recorded["forecast"] = pruner.per_view(pruner.forecast)
            recorded["actionAttention"] = pruner.per_view(action_attention)
        steps.append(recorded)
    return steps


def check(cases, patches):
    """Retention 1 must change nothing; a pruned call keeps its budget."""
    wanted = torch.tensor([step["normalized"] for step in cases["dense"]["steps"]])
    for name, case in cases.items():
        actions = torch.tensor([step["normalized"] for step in case["steps"]])
        if case["retention"] == 1 and not torch.equal(actions, wanted):
            raise SystemExit(f"{name}: differs from the unpruned model by {(actions - wanted).abs().max()}")
        for step in case["steps"]:
            kept = [len(view) for view in step["kept"]]
            retention = case["retention"] if step["decision"] == "pruned" else 1
            if sum(kept) != round(patches * len(kept) * retention):
                raise SystemExit(f"{name}: {kept} tokens kept at retention {retention}")


@torch.inference_mode()
def main():
    parser = parse_options(__doc__, "--episode", "--out")
    parser.add_argument("--action-layers", type=int, nargs="+", help="default: the latter half")
    parser.add_argument("--unnorm-key")
    options = parser.parse_args()
    official = import_oft(options)

    episode = read_steps(options, official)
    views = episode[0]["pixel_values"].shape[1] // 6
    model = load_oft_model(official, options.checkpoint, views)
    components = load_components(official, options.checkpoint, model.llm_dim)
    keep_normalized(model)
    maps = AttentionMaps()
    maps.follow(model.language_model.model)
    cut = Cut(model)
    layers = len(model.language_model.model.layers)
    action_layers = options.action_layers or list(range(layers // 2, layers))

    cases = {}
    for name, case in all_cases().items():
        pruner = Pruner(case, views, action_layers, maps, cut)
        with_features = model.projector.register_forward_hook(pruner.see_features)
        steps = run_case(official, options, model, components, pruner, episode, name == WITH_VECTORS)
        with_features.remove()
        cases[name] = {**case, "steps": steps}
    check(cases, model.vision_backbone.get_num_patches())
    settings = {"window": WINDOW, "decay": DECAY, "pruneLayer": PRUNE_LAYER, "actionLayers": action_layers}
    context = {"versions": versions(), "platform": options.platform, "views": views}
    write_json(options.out, {**context, **settings, "cases": cases})


if __name__ == "__main__":
    main()
