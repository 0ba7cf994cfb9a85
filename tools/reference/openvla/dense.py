"""Golden numbers of the unpruned OpenVLA, from the official modelling file.

Per step: action tokens and by how much the closest of them won, un-normalised action, attention over the visual columns
(layer before the prune layer: mean of all rows, last row, mean of the text rows; every layer: mean over heads and the
seven action rows). Step 0 also has projector output and hidden states at the prune layer's input, every 16th row.

    python dense.py --openvla CHECKOUT --checkpoint DIR --episode FILE --out FILE [--prune-layer 3] [--unnorm-key KEY]
"""

import argparse
from pathlib import Path

import torch

from reference import (
    every_16th,
    generated_tokens,
    import_official,
    keep_outputs,
    load_model,
    pack,
    read_episode,
    versions,
    write_json,
)


def record_step(model, inputs, features, prune_layer, action, with_arrays):
    output = model.last_output
    vision = slice(1, 1 + features.shape[0])
    semantic = output.attentions[0][prune_layer - 1][0].mean(dim=0)[:, vision]
    action_rows = [torch.stack([layer[0, :, -1, vision] for layer in token]) for token in output.attentions]
    leads = [torch.topk(logits[0], 2).values for logits in output.logits]
    step = {
        "tokens": generated_tokens(model, inputs),
        "action": action.tolist(),
        "margin": min((first - second).item() for first, second in leads),
        "semantic": {
            "prefill": pack(semantic.mean(dim=0)),
            "last": pack(semantic[-1]),
            "text": pack(semantic[vision.stop + 1 : -1].mean(dim=0)),
        },
        "actionAttention": pack(torch.stack(action_rows).mean(dim=(0, 2))),
    }
    if with_arrays:
        step["imageFeatures"] = every_16th(features)
        step["hiddenStates"] = every_16th(output.hidden_states[0][prune_layer][0])
    return step


@torch.inference_mode()
def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for option in ("--openvla", "--checkpoint", "--episode", "--out"):
        parser.add_argument(option, type=Path, required=True)
    parser.add_argument("--prune-layer", type=int, default=3)
    parser.add_argument("--unnorm-key")
    options = parser.parse_args()

    modeling = import_official(options.openvla / "prismatic/extern/hf", "modeling_prismatic")
    model = load_model(modeling, options.checkpoint)
    for name in ("return_dict_in_generate", "output_attentions", "output_hidden_states", "output_logits"):
        setattr(model.generation_config, name, True)
    keep_outputs(model)
    full = model.generate
    features = []
    model.projector.register_forward_hook(lambda _module, _inputs, output: features.append(output[0]))

    steps = []
    for inputs in read_episode(options.episode, model.config.image_sizes[0]):
        # The official predict_action appends a token to other prompts, and indexes what generate returns: it gets the
        # episode's own ids instead, and the sequences alone.
        model.generate = lambda _, ids=inputs["input_ids"], **settings: full(ids, **settings).sequences
        action = model.predict_action(**inputs, unnorm_key=options.unnorm_key, do_sample=False)
        steps.append(record_step(model, inputs, features[-1], options.prune_layer, action, not steps))
    write_json(options.out, {"versions": versions(), "pruneLayer": options.prune_layer, "steps": steps})


if __name__ == "__main__":
    main()
