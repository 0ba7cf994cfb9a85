"""Writes README.md, the model card, beside a checkpoint: from its training.json and its tensors.

    python3 training/model_card.py CHECKPOINT... [--results FILE]
"""

import argparse
import json
import math
from pathlib import Path
from typing import Any

from safetensors import safe_open

NAMES = {"openvla": "tiny-openvla", "oft": "tiny-openvla-oft", "pi0": "tiny-pi0"}
WHAT = {
    "openvla": "An OpenVLA in miniature: one camera, fused DINOv2 and SigLIP towers, a LLaMA decoder, seven action tokens one after the other.",
    "oft": "An OpenVLA-OFT in miniature: two cameras, the robot's state, a bidirectional LLaMA decoder, eight actions in one pass (L1 regression).",
    "pi0": "A π0 in miniature: two cameras and words as a prefix, an action expert that denoises eight actions in ten Euler steps (flow matching).",
}
LOSSES = {
    "patches": "what each image patch shows, from the projector's output",
    "pointer": "which patches show the current object and target, from a row of the decoder",
    "points": "where both are, in metres, from the same row",
}


def parameters(folder: Path) -> int:
    """Of all weights in a checkpoint."""
    total = 0
    for path in folder.glob("*.safetensors"):
        with safe_open(path, "pt") as file:
            total += sum(math.prod(file.get_slice(name).get_shape()) for name in file.keys())
    return total


def dropout_text(training: dict[str, Any]) -> str:
    if training["token_dropout"] is None:
        return "None: the decoder saw all visual tokens in every step. Expect it to break when most of them are cut."
    sizes = ", ".join(map(str, training["token_dropout"]))
    return (
        f"Yes, and it matters for results under pruning: in the last phase every second step showed the decoder only "
        f"{sizes} of 256 visual tokens a view, drawn evenly at random at its input, at their original positions. "
        "No object's position was used to choose them."
    )


def card(folder: Path, results: str | None) -> str:
    """The model card's text."""
    training = json.loads((folder / "training.json").read_text())
    policy = training["policy"]
    curve = training["loss_curve"]
    last = curve[-1] if curve else {}
    weights = training["loss_weights"]
    before = ""
    if "init" in training:
        before = f" They began from `{training['init']}`, after {training['steps_before']} steps ({training['samples_before']} samples seen)."
    losses = "\n".join(f"- {weights[name]} × {text}" for name, text in LOSSES.items())
    sections = {
        "Training data": f"""Episodes of this repository's own simulator, driven by a noisy scripted expert and, later, by a half-trained
policy; every sample is labelled by the expert. {training["samples_collected"]} samples, of which {training["samples_of_students"]} trained on from states that a
student reached; the last tenth of each shard was held out. No real robot, no pretrained weights.""",
        "Training": f"""{training["steps"]} steps of {training["batch"]} samples in {training["minutes"]} minutes on {training["device"]}, {training["precision"]}, seed {training["seed"]}.{before}

```sh
{training["command"]}
```

Wall-clock time ends training, so the same seed does not give the same weights. Exported is a moving average of the
weights (decay {training["weight_average"]}), in half precision. Held-out action error at the end: {last.get("held_out_error", float("nan")):.3f} (mean
absolute, actions in −1 … 1; teacher-free).

Losses besides the action's, in training alone; their heads are not in these files:

{losses}""",
        "Visual token dropout": dropout_text(training),
        "Limits": """A small model of a simulated table, for studying visual token pruning. It is no model for a real robot, and what
holds for it need not hold for the checkpoint whose layout it has.""",
    }
    if results is not None:
        sections["Results"] = results.strip()
    body = "\n\n".join(f"## {title}\n\n{text}" for title, text in sections.items())
    front = "---\nlicense: apache-2.0\nlibrary_name: vla-pruner\npipeline_tag: robotics\n---"
    size = f"{parameters(folder) / 1e6:.1f} M parameters."
    return f"{front}\n\n# {NAMES[policy]}\n\n{WHAT[policy]} {size}\n\n{body}\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoints", type=Path, nargs="+")
    parser.add_argument("--results", type=Path, help="Markdown to go in, measured by the evaluation")
    options = parser.parse_args()
    results = options.results.read_text() if options.results else None
    for folder in options.checkpoints:
        (folder / "README.md").write_text(card(folder, results))


if __name__ == "__main__":
    main()
