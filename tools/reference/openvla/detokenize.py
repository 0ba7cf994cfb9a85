"""Golden numbers of the official action de-tokenisation and un-normalisation.

The official class is built with tiny sizes, its `generate` is replaced by one that returns the wanted token ids, and its
own `predict_action` does the rest. Token ids go in groups of seven, one per action dimension.

    python detokenize.py --openvla CHECKOUT --preprocessor DIR --out FILE [--unnorm-key bridge_orig]
"""

import argparse
import json
from pathlib import Path

import torch
from timm.models.vision_transformer import VisionTransformer

from reference import EMPTY_TOKEN, import_official, towers_from, versions, write_json

EDGES = [31743, 31744, 31745, 31800, 31872, 31998, 31999, 32000, 32001, 32063, 5, 0, 31871, 31873]
TINY = {"hidden_size": 8, "intermediate_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1}


def tiny_model(modeling, folder):
    config = json.loads((folder / "config.json").read_text())
    config["text_config"] = {**config["text_config"], **TINY}
    towers = [VisionTransformer(224, 14, embed_dim=8, depth=2, num_heads=1, num_classes=0) for _ in range(2)]
    with towers_from(towers):
        return modeling.OpenVLAForActionPrediction(modeling.OpenVLAConfig(**config))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for option in ("--openvla", "--preprocessor", "--out"):
        parser.add_argument(option, type=Path, required=True)
    parser.add_argument("--unnorm-key", default="bridge_orig")
    options = parser.parse_args()

    modeling = import_official(options.openvla / "prismatic/extern/hf", "modeling_prismatic")
    model = tiny_model(modeling, options.preprocessor)
    prompt = torch.tensor([[1, EMPTY_TOKEN]])
    # Every edge id meets every dimension, the un-normalised ones and the gripper.
    groups = [[EDGES[(start + place) % len(EDGES)] for place in range(7)] for start in range(len(EDGES))]
    rows = []
    for tokens in [*groups, *([token] * 7 for token in range(31740, 32004, 8))]:
        model.generate = lambda ids, tokens=tokens, **_: torch.cat([ids, torch.tensor([tokens])], dim=1)
        action = model.predict_action(prompt, unnorm_key=options.unnorm_key)
        rows.append({"tokens": tokens, "action": action.tolist()})
    golden = {"unnormKey": options.unnorm_key, "statistics": model.get_action_stats(options.unnorm_key), "rows": rows}
    write_json(options.out, {"versions": versions(), **golden})


if __name__ == "__main__":
    main()
