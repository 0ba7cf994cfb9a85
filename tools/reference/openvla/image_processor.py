"""Golden numbers of the official image processor: sha256 of the resized image, sampled normalised values.

Beside the given images it makes two synthetic ones (256x256 and 640x480, gradients over a checker) and writes them as PNG
next to the golden, so that the bicubic resize is covered. The other resize strategies see synthetic images of awkward
sizes, of which the golden holds the sha256 before normalisation.

    python image_processor.py --openvla CHECKOUT --preprocessor DIR --image FILE... --out FILE
"""

import argparse
import hashlib
import json
from pathlib import Path
from unittest import mock

import numpy as np
from PIL import Image, __version__ as pillow_version

from reference import import_official, versions, write_json

SAMPLES = 200
STRATEGIES = ("letterbox", "resize-crop")
# Odd borders, an odd rest beside the crop that rounds down and one that rounds up, smaller than the target, upright.
SIZES = ((641, 480), (650, 490), (653, 490), (101, 90), (120, 333))


def synthetic_image(width, height):
    y, x = np.mgrid[0:height, 0:width]
    checker = ((x // 7 + y // 5) % 2) * 60
    planes = (x * 195 // (width - 1) + checker, y * 195 // (height - 1) + checker, (x + y) % 196 + checker)
    return Image.fromarray(np.stack(planes, axis=-1).astype(np.uint8))


def sample_indices(size, seed=0):
    return np.sort(np.random.default_rng(seed).choice(size, SAMPLES, replace=False))


def preprocess(processing, processor, image):
    """Normalised values, and what each tower's image was before normalisation."""
    resized = []
    official = processing.TVF.to_tensor

    def to_tensor(image):
        resized.append(np.asarray(image))
        return official(image)

    with mock.patch.object(processing.TVF, "to_tensor", to_tensor):
        values = processor.preprocess(image, return_tensors="pt")["pixel_values"].numpy()
    return values, resized


def sha256(view):
    return hashlib.sha256(view.tobytes()).hexdigest()


def describe_strategies(processing, config):
    sizes = ("input_sizes", "interpolations", "means", "stds", "use_fused_vision_backbone")
    for strategy in STRATEGIES:
        settings = {key: config[key] for key in sizes}
        processor = processing.PrismaticImageProcessor(image_resize_strategy=strategy, **settings)
        for width, height in SIZES:
            _, resized = preprocess(processing, processor, synthetic_image(width, height))
            yield {"strategy": strategy, "size": [width, height], "sha256": [sha256(view) for view in resized]}


def describe(processing, processor, path):
    image = Image.open(path).convert("RGB")
    values, resized = preprocess(processing, processor, image)
    indices, pixels = sample_indices(values.size), sample_indices(resized[0].size)
    return {
        "file": path.name,
        "size": list(image.size),
        "resized": {
            "shape": list(resized[0].shape),
            "sha256": [sha256(view) for view in resized],
            "indices": pixels.tolist(),
            "values": resized[0].reshape(-1)[pixels].tolist(),
        },
        "pixelValues": {
            "shape": list(values.shape),
            "indices": indices.tolist(),
            "values": values.reshape(-1)[indices].tolist(),
        },
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for option in ("--openvla", "--preprocessor", "--out"):
        parser.add_argument(option, type=Path, required=True)
    parser.add_argument("--image", type=Path, nargs="+", default=[])
    options = parser.parse_args()

    options.out.parent.mkdir(parents=True, exist_ok=True)
    synthetic = []
    for width, height in ((256, 256), (640, 480)):
        synthetic.append(options.out.parent / f"synthetic_{width}x{height}.png")
        synthetic_image(width, height).save(synthetic[-1], optimize=True)

    processing = import_official(options.openvla / "prismatic/extern/hf", "processing_prismatic")
    config = json.loads((options.preprocessor / "preprocessor_config.json").read_text())
    processor = processing.PrismaticImageProcessor.from_dict(config)
    images = [describe(processing, processor, path) for path in [*options.image, *synthetic]]
    golden = {"versions": {**versions(), "pillow": pillow_version}, "normalize": processor.tvf_normalize_params}
    strategies = list(describe_strategies(processing, config))
    write_json(options.out, {**golden, "images": images, "strategies": strategies})


if __name__ == "__main__":
    main()
