"""Golden numbers around the model, from the official NumPy code: image resize, prompt text, normalisation.

`images`: resize with black padding to 224 px as client and server do it (Pillow, bilinear), of synthetic pictures that
are written as PNG next to the golden. `prompts`: the strings handed to the tokenizer, in order (`bos`: a BOS token goes
before), without and with a normalised state. `statistics`: state to model units and model output to robot units,
z-score and quantiles.

    python inputs.py --openpi CHECKOUT --out FILE
"""

import argparse
import hashlib
import importlib
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from PIL import Image, __version__ as pillow_version

from reference import import_numpy_side, import_official, pack, versions, write_json

SIZE, SAMPLES = 224, 200
PICTURES = ((640, 480), (320, 256), (99, 180), (224, 224))
PROMPTS = ("pick up the black bowl", "  Put_the mug\non the Plate ", "")
STATES = ((-1.0, -0.999, 0.0, 0.0039, 0.5, 0.9961, 1.0), (-1.7, 2.5, -0.0001))


def synthetic_image(width, height):
    y, x = np.mgrid[0:height, 0:width]
    checker = ((x // 7 + y // 5) % 2) * 60
    planes = (x * 195 // (width - 1) + checker, y * 195 // (height - 1) + checker, (x + y) % 196 + checker)
    return np.stack(planes, axis=-1).astype(np.uint8)


def record_image(image_tools, folder, width, height):
    path = folder / f"pi0_{width}x{height}.png"
    picture = synthetic_image(width, height)
    Image.fromarray(picture).save(path, optimize=True)
    resized = image_tools.resize_with_pad(picture, SIZE, SIZE)
    indices = np.sort(np.random.default_rng(0).choice(resized.size, SAMPLES, replace=False))
    return {
        "file": path.name,
        "shape": list(resized.shape),
        "sha256": hashlib.sha256(resized.tobytes()).hexdigest(),
        "indices": indices.tolist(),
        "values": resized.reshape(-1)[indices].tolist(),
    }


def record_prompt(tokenizer_class, prompt, state):
    """The official `tokenize` over a stand-in for SentencePiece that only takes notes."""
    parts = []
    tokenizer = object.__new__(tokenizer_class)
    tokenizer._max_len = 48
    tokenizer._tokenizer = SimpleNamespace(
        encode=lambda text, add_bos=False: parts.append({"text": text, "bos": add_bos}) or [0]
    )
    tokenizer.tokenize(prompt, None if state is None else np.array(state))
    return {"prompt": prompt, "state": state, "parts": parts}


def record_statistics(transforms, width=32):
    """Statistics of 7 dimensions; the last one does not move."""
    random = np.random.default_rng(0)
    values = {"mean": random.normal(size=7), "std": 0.1 + random.random(7)}
    values |= {"q01": values["mean"] - 1.5, "q99": values["mean"] + 1.5}
    values["std"][-1], values["q99"][-1] = 0, values["q01"][-1]
    stats = SimpleNamespace(**values)
    state, actions = random.normal(size=7), random.normal(size=(3, width))
    normalize, unnormalize = transforms.Normalize(None), transforms.Unnormalize(None)
    golden = {"norm_stats": {name: array.tolist() for name, array in values.items()}}
    golden |= {"state": state.tolist(), "actions": pack(actions)}
    for name, forward, back in (
        ("zscore", normalize._normalize, unnormalize._unnormalize),
        ("quantiles", normalize._normalize_quantile, unnormalize._unnormalize_quantile),
    ):
        model_state = transforms.pad_to_dim(forward(state, stats), width)
        robot_actions = back(actions.astype(np.float32).astype(np.float64), stats)
        golden[name] = {"state": pack(model_state), "actions": pack(robot_actions)}
    return golden


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for option in ("--openpi", "--out"):
        parser.add_argument(option, type=Path, required=True)
    options = parser.parse_args()

    options.out.parent.mkdir(parents=True, exist_ok=True)
    import_official(options.openpi)
    transforms, tokenizer = import_numpy_side("transforms", "models.tokenizer")
    sys.path.insert(0, str(options.openpi / "packages/openpi-client/src"))
    image_tools = importlib.import_module("openpi_client.image_tools")
    prompts = [(prompt, state) for prompt in PROMPTS for state in (None, *STATES)]
    golden = {
        "images": [record_image(image_tools, options.out.parent, *size) for size in PICTURES],
        "prompts": [record_prompt(tokenizer.PaligemmaTokenizer, *case) for case in prompts],
        "statistics": record_statistics(transforms),
    }
    write_json(options.out, {"versions": {**versions(), "pillow": pillow_version}, **golden})


if __name__ == "__main__":
    main()
