"""Golden numbers of the unpruned π0 or π0.5, from the official PyTorch code (float32, eager attention).

Per episode step and Euler step count: image features of every view present, rotary positions, hidden states at the
prune layer's input and suffix embeddings (every 16th row), velocities of the first two Euler steps, actions as the
model gives them and in robot units. Attention over the visual columns: layer before the prune layer (mean of all rows,
last row, mean of the prompt's rows); every expert layer (mean over heads, action rows and Euler steps). Only what is
present is recorded: no padding, no absent camera.

    python dense.py --openpi CHECKOUT --checkpoint DIR --episode FILE --out FILE [--prune-layer 2] [--steps 10,4]
"""

import argparse
from pathlib import Path

import torch

from reference import (
    every_16th,
    import_numpy_side,
    import_official,
    load_model,
    pack,
    read_episode,
    read_statistics,
    versions,
    write_json,
)


class Recorder:
    """Hooks on the official model that keep what one `sample_actions` call computed."""

    def __init__(self, model, prune_layer):
        self.model = model
        both = model.paligemma_with_expert
        language, expert = both.paligemma.model.language_model, both.gemma_expert.model
        language.rotary_emb.register_forward_hook(self.keep("prefix_positions", inputs=True, item=1))
        expert.rotary_emb.register_forward_hook(self.keep("suffix_positions", inputs=True, item=1))
        language.layers[prune_layer - 1].register_forward_hook(self.keep("hidden", item=0))
        language.layers[prune_layer - 1].self_attn.register_forward_hook(self.keep("prefix_map", item=1))
        both.paligemma.model.multi_modal_projector.register_forward_hook(self.keep("features"))
        for index, layer in enumerate(expert.layers):
            layer.self_attn.register_forward_hook(self.keep(f"expert_map_{index}", item=1))
        self.layers = len(expert.layers)
        self.wrap("embed_prefix", lambda result: self.seen.setdefault("valid", []).append(result[1][0]))
        self.wrap("embed_suffix", lambda result: self.seen.setdefault("suffix", []).append(result[0][0]))
        self.wrap("denoise_step", lambda result: self.seen.setdefault("velocity", []).append(result[0]))
        self.seen = {}

    def keep(self, name, inputs=False, item=None):
        def hook(_module, arguments, output):
            value = arguments if inputs else output
            self.seen.setdefault(name, []).append((value if item is None else value[item])[0])

        return hook

    def wrap(self, method, see):
        official = getattr(self.model, method)

        def wrapped(*args, **kwargs):
            result = official(*args, **kwargs)
            see(result)
            return result

        setattr(self.model, method, wrapped)

    def run(self, observation, noise, steps):
        self.seen = {}
        return self.model.sample_actions(torch.device("cpu"), observation, noise=noise, num_steps=steps)[0]


def record_case(recorder, present, observation, noise, steps):
    actions = recorder.run(observation, noise, steps)
    seen = recorder.seen
    if len(seen["velocity"]) != steps:
        raise SystemExit(f"{len(seen['velocity'])} Euler steps instead of {steps}")
    valid = seen["valid"][0]
    rows = valid.nonzero()[:, 0]
    text = int(observation.tokenized_prompt_mask.sum())
    visual = rows[:-text]
    semantic = seen["prefix_map"][0].mean(dim=0)[rows][:, visual]
    horizon = noise.shape[1]
    action_maps = [torch.stack(seen[f"expert_map_{layer}"]) for layer in range(recorder.layers)]
    names = list(observation.images)
    return actions, {
        "steps": steps,
        "views": present,
        "imageFeatures": {name: every_16th(seen["features"][names.index(name)]) for name in present},
        "prefixPositions": seen["prefix_positions"][0][rows].tolist(),
        "suffixPositions": seen["suffix_positions"][0].tolist(),
        "hiddenStates": every_16th(seen["hidden"][0][rows]),
        "suffixEmbeddings": every_16th(seen["suffix"][0]),
        "velocity": [pack(velocity) for velocity in seen["velocity"][:2]],
        "actions": pack(actions),
        "semantic": {
            "prefill": pack(semantic.mean(dim=0)),
            "last": pack(semantic[-1]),
            "text": pack(semantic[-text:].mean(dim=0)),
        },
        "actionAttention": pack(
            torch.stack([maps[:, :, -horizon:, visual].mean(dim=(0, 1, 2)) for maps in action_maps])
        ),
    }


def robot_units(unnormalize, actions, stats, quantiles):
    """The official formulas; of the result, as many dimensions as there are statistics."""
    formula = unnormalize._unnormalize_quantile if quantiles else unnormalize._unnormalize
    return formula(actions.double().numpy(), stats)[:, : stats.mean.shape[-1]]


@torch.inference_mode()
def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for option in ("--openpi", "--checkpoint", "--episode", "--out"):
        parser.add_argument(option, type=Path, required=True)
    parser.add_argument("--prune-layer", type=int, default=2)
    parser.add_argument("--steps", default="10,4")
    options = parser.parse_args()

    model = load_model(import_official(options.openpi), options.checkpoint)
    pi05 = model.config.pi05
    (transforms,) = import_numpy_side("transforms")
    stats = read_statistics(options.checkpoint, "actions")
    recorder = Recorder(model, options.prune_layer)

    cases = []
    for index, (present, observation, noise) in enumerate(read_episode(options.episode, model)):
        for steps in map(int, options.steps.split(",")):
            actions, case = record_case(recorder, present, observation, noise, steps)
            if stats is not None:
                case["robotActions"] = pack(robot_units(transforms.Unnormalize(None), actions, stats, quantiles=pi05))
            cases.append({"line": index, **case})
    variant = "pi05" if pi05 else "pi0"
    write_json(
        options.out, {"versions": versions(), "variant": variant, "pruneLayer": options.prune_layer, "cases": cases}
    )


if __name__ == "__main__":
    main()
