"""Golden numbers of the LIBERO evaluation's centre crop (0.9 of the area, back to 224x224), with TensorFlow itself.

Only the official function `crop_and_resize` is taken from the checkout: its module imports the whole simulator stack, so
the function is cut out by its syntax tree and run as it stands. The conversions around it are the TensorFlow calls that
`get_vla_action` of the same file makes. Runs in its own environment (numpy, pillow, tensorflow-cpu).

    python center_crop.py --openvla CHECKOUT --image FILE... --out FILE
"""

import argparse
import ast
import hashlib
import json
from pathlib import Path

import numpy as np
import tensorflow as tf
from PIL import Image

AREA, SAMPLES = 0.9, 400


def official_function(path, name):
    tree = ast.parse(path.read_text())
    tree.body = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name]
    namespace = {"tf": tf}
    exec(compile(tree, str(path), "exec"), namespace)
    return namespace[name]


def describe(crop_and_resize, path):
    image = np.asarray(Image.open(path).convert("RGB"))
    values = crop_and_resize(tf.image.convert_image_dtype(tf.convert_to_tensor(image), tf.float32), AREA, 1)
    cropped = tf.image.convert_image_dtype(tf.clip_by_value(values, 0, 1), tf.uint8, saturate=True).numpy()
    indices = np.sort(np.random.default_rng(0).choice(cropped.size, SAMPLES, replace=False))
    return {
        "file": path.name,
        "size": [image.shape[1], image.shape[0]],
        "shape": list(cropped.shape),
        "sha256": hashlib.sha256(cropped.tobytes()).hexdigest(),
        "indices": indices.tolist(),
        "values": cropped.reshape(-1)[indices].tolist(),
        "beforeRounding": values.numpy().reshape(-1)[indices].tolist(),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for option in ("--openvla", "--out"):
        parser.add_argument(option, type=Path, required=True)
    parser.add_argument("--image", type=Path, nargs="+", required=True)
    options = parser.parse_args()

    crop_and_resize = official_function(options.openvla / "experiments/robot/openvla_utils.py", "crop_and_resize")
    golden = {"versions": {"tensorflow": tf.__version__}, "area": AREA}
    golden["images"] = [describe(crop_and_resize, path) for path in options.image]
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(golden, separators=(",", ":")) + "\n")
    print(f"{options.out}: {options.out.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
