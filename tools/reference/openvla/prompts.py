"""Golden token ids of OpenVLA prompts, from the checkpoint's own tokenizer and the official prompt template.

    python prompts.py --preprocessor DIR --out FILE
"""

import argparse
from pathlib import Path

from tokenizers import Tokenizer

from reference import EMPTY_TOKEN, versions, write_json

# The template of the official README and of experiments/robot/openvla_utils.py (get_vla_action).
TEMPLATE = "In: What action should the robot take to {}?\nOut:"
INSTRUCTIONS = [
    "pick up the black bowl between the plate and the ramekin and place it on the plate",
    "Put the RED mug on the left Plate",
    "x",
    "open the top drawer, then close it",
    "  wipe the table",
    "stell die Tasse auf die Spüle 🤖",
]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for option in ("--preprocessor", "--out"):
        parser.add_argument(option, type=Path, required=True)
    options = parser.parse_args()

    tokenizer = Tokenizer.from_file(str(options.preprocessor / "tokenizer.json"))
    prompts = []
    for instruction in INSTRUCTIONS:
        text = TEMPLATE.format(instruction.lower())
        ids = tokenizer.encode(text).ids
        prompts.append({"instruction": instruction, "prompt": text, "ids": ids + [EMPTY_TOKEN] * (ids[-1] != EMPTY_TOKEN)})
    write_json(options.out, {"versions": versions(), "prompts": prompts})


if __name__ == "__main__":
    main()
