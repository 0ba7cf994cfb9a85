"""Golden numbers of VLA-Pruner on π0 or π0.5: window 3, decay 0.8, newest call heaviest, dense warm-up, unseen zero.

No official code exists for this pair: the cut below is ours, as hooks on the official model. Layers before the prune
layer run on the whole prefix, the others on the kept part at its original positions; the expert reads, layer by layer,
the keys and values that the prefix left there, and its own positions start at the unpruned prefix length. Absent
cameras and padding are left out. Cases: semantic rows x retention; retention 1 runs through the same hooks and must
give the official actions. Margins tell how close a choice was: relative gap at the cut of each top-B, noise level on
the distances that the diversity picks withstand.

    python pruned.py --openpi CHECKOUT --checkpoint DIR --episode FILE --out FILE [--prune-layer 2] [--steps 10]
"""

import argparse
from collections import defaultdict, deque
from itertools import product
from pathlib import Path

import numpy as np
import torch

from reference import import_official, load_model, pack, read_episode, versions, write_json

WINDOW, DECAY, TOLERANCE = 3, 0.8, 1e-5
NOISE_LEVELS, NOISE_TRIALS = (1e-4, 1e-5, 1e-6, 1e-7), 8
ROWS, RETENTIONS, WITH_VECTORS = ("prefill", "last"), (1, 0.5, 0.25, 0.125), "prefill/0.25"


class PrunedModel:
    """The official model with a cut before the prune layer; `select` maps (semantic, features) to kept columns."""

    def __init__(self, model, prune_layer):
        self.model, self.prune_layer = model, prune_layer
        both = model.paligemma_with_expert
        self.language, self.expert = both.paligemma.model.language_model, both.gemma_expert.model
        self.action_layers = list(range(len(self.expert.layers) // 2, len(self.expert.layers)))
        if prune_layer > self.action_layers[0]:
            raise SystemExit(f"prune layer {prune_layer} lies after the first action layer {self.action_layers[0]}")

    def run(self, observation, noise, steps, rows, select):
        """Actions, semantic scores and action attention, the last two over the visual columns present."""
        self.rows, self.select, self.maps = rows, select, []
        official = self.model.embed_prefix
        self.model.embed_prefix = lambda *args: self.leave_out_masked(official(*args), observation)
        handles = self.add_hooks()
        try:
            actions = self.model.sample_actions(torch.device("cpu"), observation, noise=noise, num_steps=steps)[0]
        finally:
            del self.model.embed_prefix
            for handle in handles:
                handle.remove()
        attention = torch.zeros_like(self.semantic)
        attention[self.kept_visual] = torch.stack(self.maps).mean(dim=0)
        return actions, self.semantic, attention

    def leave_out_masked(self, prefix, observation):
        embeddings, valid, blocks = (tensor[:, prefix[1][0]] for tensor in prefix)
        self.length = embeddings.shape[1]
        self.vision = self.length - int(observation.tokenized_prompt_mask.sum())
        self.features = embeddings[0, : self.vision]
        return embeddings, valid, blocks

    def add_hooks(self):
        last_full = self.language.layers[self.prune_layer - 1].self_attn
        handles = [last_full.register_forward_hook(self.see_prefix)]
        for index, layer in enumerate(self.language.layers[self.prune_layer :]):
            hook = self.first_cut if index == 0 else self.later_cut
            handles.append(layer.register_forward_pre_hook(hook, with_kwargs=True))
        for layer in self.expert.layers[self.prune_layer :]:
            handles.append(layer.register_forward_pre_hook(self.cut_expert_mask, with_kwargs=True))
        for index in self.action_layers:
            handles.append(self.expert.layers[index].self_attn.register_forward_hook(self.see_expert))
        return handles

    def see_prefix(self, _module, _inputs, outputs):
        visual = outputs[1][0].mean(dim=0)[:, : self.vision]
        self.semantic = visual[-1] if self.rows == "last" else visual.mean(dim=0)

    def first_cut(self, layer, inputs, settings):
        self.kept_visual = torch.tensor(self.select(self.semantic.numpy(), self.features.numpy()))
        self.kept = torch.cat([self.kept_visual, torch.arange(self.vision, self.length)])
        return self.later_cut(layer, (inputs[0][:, self.kept],), settings)

    def later_cut(self, _layer, inputs, settings):
        cut = {
            "attention_mask": settings["attention_mask"][:, :, self.kept][:, :, :, self.kept],
            "position_ids": settings["position_ids"][:, self.kept],
            "position_embeddings": tuple(part[:, self.kept] for part in settings["position_embeddings"]),
        }
        return inputs, {**settings, **cut}

    def cut_expert_mask(self, _layer, inputs, settings):
        mask = settings["attention_mask"]
        columns = torch.cat([self.kept, torch.arange(self.length, mask.shape[-1])])
        return inputs, {**settings, "attention_mask": mask[..., columns]}

    def see_expert(self, _module, _inputs, outputs):
        horizon = self.model.config.action_horizon
        self.maps.append(outputs[1][0, :, -horizon:, : len(self.kept_visual)].mean(dim=(0, 1)))


def top(scores, budget):
    """The largest ones; ties go to the lower index."""
    return np.argsort(-scores, kind="stable")[:budget]


def cut_margin(scores, budget):
    """Relative gap between the last kept and the first dropped score."""
    ordered = -np.sort(-scores.astype(np.float64))
    return None if budget == len(scores) else float((ordered[budget - 1] - ordered[budget]) / ordered[budget - 1])


def cosine_distance(features):
    norms = np.maximum(np.linalg.norm(features.astype(np.float64), axis=1, keepdims=True), 1e-6)
    return 1 - (features / norms) @ (features / norms).T


def diverse(distance, budget):
    """Greedy max-min picks, ascending; ties go to the lower index."""
    away = np.where(np.eye(len(distance), dtype=bool), np.inf, distance).min(axis=0)
    picks = []
    for _ in range(budget):
        away[picks] = -np.inf
        pick = int(away.argmax())
        away = distance[pick].copy() if not picks else np.minimum(away, distance[pick])
        picks.append(pick)
    return sorted(picks)


def diversity_margin(distance, picks):
    """The strongest noise level, of a few, on the distances that leaves the picks as they are in every trial."""
    random = np.random.default_rng(0)
    for level in NOISE_LEVELS:
        noisy = (distance + random.uniform(-level, level, distance.shape) for _ in range(NOISE_TRIALS))
        if all(diverse(trial, len(picks)) == picks for trial in noisy):
            return level
    return 0.0


class VlaPruner:
    """One episode's memory and choice, a history and a budget for each view."""

    def __init__(self, retention):
        self.retention = retention
        self.history = defaultdict(lambda: deque(maxlen=WINDOW))

    def forecast(self, views):
        """Newest first, weights DECAY, DECAY², …; None until every view present has a full window."""
        histories = [self.history[view] for view in views]
        if any(len(history) < WINDOW for history in histories):
            return None
        weights = np.array([DECAY**age for age in range(1, WINDOW + 1)])
        weights /= weights.sum()
        return np.concatenate([weights @ np.array(history) for history in histories]).astype(np.float32)

    def start(self, views):
        self.views, self.expected, self.report = views, self.forecast(views), []

    def select(self, semantic, features):
        if self.expected is None:
            return np.arange(len(semantic))
        size = len(semantic) // len(self.views)
        spans = [slice(start, start + size) for start in range(0, len(semantic), size)]
        return np.concatenate(
            [span.start + self.select_view(semantic[span], self.expected[span], features[span]) for span in spans]
        )

    def select_view(self, semantic, expected, features):
        budget = round(len(semantic) * self.retention)
        candidates = np.union1d(top(semantic, budget), top(expected, budget))
        margins = {"semantic": cut_margin(semantic, budget), "forecast": cut_margin(expected, budget)}
        margins["diversity"] = None
        kept = candidates
        if len(candidates) > budget:
            distance = cosine_distance(features[candidates])
            picks = diverse(distance, budget)
            kept, margins["diversity"] = candidates[picks], diversity_margin(distance, picks)
        self.report.append({"candidates": len(candidates), "margins": margins})
        return kept

    def observe(self, attention):
        for view, part in zip(self.views, np.split(attention, len(self.views))):
            self.history[view].appendleft(part)


def record_step(model, pruner, rows, step, steps, with_vectors):
    views, observation, noise = step
    pruner.start(views)
    actions, semantic, attention = model.run(observation, noise, steps, rows, pruner.select)
    pruner.observe(attention.numpy())
    size = len(semantic) // len(views)
    kept = model.kept_visual.reshape(len(views), -1) - torch.arange(len(views))[:, None] * size
    golden = {
        "views": views,
        "decision": "pruned" if kept.shape[1] < size else "dense",
        "actions": pack(actions),
        "kept": kept.tolist() if kept.shape[1] < size else None,
    }
    if pruner.report:
        golden["candidates"] = [view["candidates"] for view in pruner.report]
        golden["margins"] = {
            name: [view["margins"][name] for view in pruner.report] for name in ("semantic", "forecast", "diversity")
        }
    if with_vectors:
        shape = (len(views), size)
        golden["semantic"] = pack(semantic.reshape(shape))
        golden["forecast"] = None if pruner.expected is None else pack(pruner.expected.reshape(shape))
        golden["actionAttention"] = pack(attention.reshape(shape))
    return actions, golden


@torch.no_grad()
def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for option in ("--openpi", "--checkpoint", "--episode", "--out"):
        parser.add_argument(option, type=Path, required=True)
    parser.add_argument("--prune-layer", type=int, default=2)
    parser.add_argument("--steps", type=int, default=10)
    options = parser.parse_args()

    official = load_model(import_official(options.openpi), options.checkpoint)
    model = PrunedModel(official, options.prune_layer)
    episode = list(read_episode(options.episode, official))
    cpu = torch.device("cpu")
    dense = [official.sample_actions(cpu, seen, noise=noise, num_steps=options.steps)[0] for _, seen, noise in episode]

    cases, worst = {}, 0.0
    for rows, retention in product(ROWS, RETENTIONS):
        name, pruner, steps = f"{rows}/{retention}", VlaPruner(retention), []
        for step, expected in zip(episode, dense):
            actions, golden = record_step(model, pruner, rows, step, options.steps, name == WITH_VECTORS)
            if golden["decision"] == "dense":
                worst = max(worst, (actions - expected).abs().max().item())
            steps.append(golden)
        cases[name] = {"pruner": "vla-pruner", "semanticRows": rows, "retention": retention, "steps": steps}
    print(f"dense steps differ from the official actions by {worst:.1e} at most")
    if worst > TOLERANCE:
        raise SystemExit(f"more than {TOLERANCE}")
    settings = {
        "variant": "pi05" if official.config.pi05 else "pi0",
        "window": WINDOW,
        "decay": DECAY,
        "pruneLayer": options.prune_layer,
        "actionLayers": model.action_layers,
        "eulerSteps": options.steps,
    }
    write_json(options.out, {"versions": versions(), **settings, "cases": cases})


if __name__ == "__main__":
    main()
