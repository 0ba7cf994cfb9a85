/** Weights that a folder may have in place of safetensors: by the names of its files, what they are and the way out. */
const OTHERS: readonly (readonly [name: RegExp, found: string, fix: string])[] = [
  [
    /^(?:adapter_model\.(?:safetensors|bin)|adapter_config\.json|lora_adapter)$/u,
    "an adapter (LoRA) without the model that it changes",
    "merge it into its base model (peft: merge_and_unload(), then save_pretrained), and convert the result",
  ],
  [
    /^(?:params|train_state|_CHECKPOINT_METADATA|_METADATA|ocdbt\.process_.*)$/u,
    "a JAX checkpoint (orbax)",
    "convert it to PyTorch first; openpi has examples/convert_jax_model_to_pytorch.py",
  ],
  [
    /\.safetensors$/u,
    "safetensors files of other names",
    "download the index (model.safetensors.index.json) too, or rename a single file to model.safetensors",
  ],
  [
    /\.bin$/u,
    "pickled .bin weights",
    "save the model again with save_pretrained(…, safe_serialization=True)",
  ],
  [
    /\.(?:pt|pth|ckpt)$/u,
    "pickled .pt weights",
    "convert them to a Hugging Face checkpoint first; for OpenVLA the training code has vla-scripts/extern/convert_openvla_weights_to_hf.py",
  ],
  [/\.gguf$/u, "GGUF weights", "take the safetensors checkpoint that they were made from"],
  [
    /\.(?:h5|msgpack)$/u,
    "weights of TensorFlow or Flax",
    "take the PyTorch checkpoint in safetensors format",
  ],
];

/**
 * What a folder without safetensors holds instead, and what to do about it.
 *
 * @param present names of its files and folders
 */
export function otherWeights(present: readonly string[]): readonly [found: string, fix?: string] {
  const other = OTHERS.find(([pattern]) => present.some((name) => pattern.test(name)));
  return other === undefined ? ["no weights"] : [other[1], other[2]];
}
