"""Writes seeded tiny OpenVLA-OFT components and statistics into a checkpoint directory that has the base model.

    DIR/             action_head (L1), proprio_projector, dataset_statistics.json
    DIR/diffusion/   action_head (diffusion), noisy_action_projector
    DIR/film/        vision_backbone

Modules come from the official classes, so keys and shapes are theirs. All values are exact in bfloat16, the type of the
official run. Files differ as the official ones do: the L1 head is stored in bfloat16 and the proprio projector in
float32, both with the `module.` prefix of distributed training; the diffusion files have no prefix; the vision backbone
holds bfloat16 base weights with float32 LoRA (not merged) and FiLM weights.

    python make_components.py --openvla-oft CHECKOUT --checkpoint DIR [--platform libero] [--seed 0]
"""

import json

import torch
from oft import build_components, import_oft, load_oft_model, parse_options

STEP, LORA_RANK = 100, 20


def seeded(shape, generator, mean=0.0, deviation=1.0):
    return (mean + deviation * torch.randn(shape, generator=generator)).bfloat16()


def fill(module, generator, dtype=torch.bfloat16):
    """The module's state (an OrderedDict with metadata, as officially saved) with new values by their role: LayerNorm
    weights about 1, linear weights 1 / sqrt(inputs), biases small."""
    state = module.state_dict()
    for name, value in state.items():
        if name.endswith("bias"):
            state[name] = seeded(value.shape, generator, deviation=0.1).to(dtype)
        elif value.ndim == 1:
            state[name] = seeded(value.shape, generator, mean=1.0, deviation=0.1).to(dtype)
        else:
            state[name] = seeded(value.shape, generator, deviation=value[0].numel() ** -0.5).to(dtype)
    return state


def distributed(module):
    return torch.nn.ModuleDict({"module": module})


def film_backbone(official, model, generator):
    """The state that official training saves: LoRA on every linear layer first, then FiLM around every block."""
    from peft import LoraConfig, get_peft_model

    settings = {"r": LORA_RANK, "lora_alpha": min(LORA_RANK, 16), "lora_dropout": 0.0, "target_modules": "all-linear"}
    adapted = get_peft_model(model, LoraConfig(**settings, init_lora_weights="gaussian"))
    backbone = official.film.FiLMedPrismaticVisionBackbone(adapted.vision_backbone, llm_dim=model.llm_dim)
    state = backbone.state_dict()
    for name, value in state.items():
        added = ".lora_" in name or ".scale." in name or ".shift." in name
        deviation = 0.1 if value.ndim == 1 else 0.5 * value[0].numel() ** -0.5
        state[name] = seeded(value.shape, generator, deviation=deviation).float() if added else value.bfloat16()
    return state


def statistics(official, generator):
    """Bounds with quantiles strictly inside; the last action dimension (gripper) is not normalised."""

    def bounds(count):
        low, high = -0.5 - torch.rand(count, generator=generator), 0.5 + torch.rand(count, generator=generator)
        rows = {"mean": (low + high) / 2, "std": (high - low) / 4, "max": high, "min": low}
        rows |= {"q01": low * 0.9, "q99": high * 0.8}
        return {name: [round(value, 6) for value in row.tolist()] for name, row in rows.items()}

    count = official.constants.ACTION_DIM
    action = {**bounds(count), "mask": [True] * (count - 1) + [False]}
    return {"tiny": {"action": action, "proprio": bounds(official.constants.PROPRIO_DIM)}}


def main():
    parser = parse_options(__doc__)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    official = import_oft(options)
    generator = torch.Generator().manual_seed(options.seed)

    folder = options.checkpoint
    (folder / "dataset_statistics.json").write_text(json.dumps(statistics(official, generator), indent=2) + "\n")
    model = load_oft_model(official, folder, views=1)
    modules = build_components(official, model.llm_dim)
    files = {
        "action_head": fill(distributed(modules["l1"]), generator),
        "proprio_projector": fill(distributed(modules["proprio_projector"]), generator, torch.float32),
        "diffusion/action_head": fill(modules["diffusion"], generator),
        "diffusion/noisy_action_projector": fill(modules["noisy_action_projector"], generator),
        "film/vision_backbone": film_backbone(official, model, generator),
    }
    for name, content in files.items():
        path = folder / f"{name}--{STEP}_checkpoint.pt"
        path.parent.mkdir(exist_ok=True)
        torch.save(content, path)
        print(f"{path}: {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
