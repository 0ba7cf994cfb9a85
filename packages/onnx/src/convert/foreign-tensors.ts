import { VlaPrunerError } from "@vla-pruner/format";

interface Mark {
  readonly name: RegExp;
  readonly what: string;
}

/** Names that adapters leave in a state dict while they are not merged into the matrices that they change. */
const ADAPTERS: readonly Mark[] = [
  { name: /(?:^|\.)lora_(?:A|B|a|b|embedding_A|embedding_B|magnitude_vector)(?:\.|$)/u, what: "LoRA" },
  { name: /\.base_layer\./u, what: "an adapter of peft" },
  { name: /\.modules_to_save\.|\.original_module\./u, what: "modules_to_save of peft" },
  {
    name: /(?:^|\.)(?:hada_w[12]|lokr_w[12]|ia3_l|oft_r|oft_s|boft_r|vera_lambda)/u,
    what: "an adapter of peft",
  },
  { name: /(?:^|\.)prompt_(?:encoder|embeddings)\./u, what: "a learned prompt of peft" },
];

/** Names that quantisers give what goes with their integers. */
const QUANTISERS: readonly Mark[] = [
  { name: /\.(?:SCB|weight_format|CB)$/u, what: "8-bit integers of bitsandbytes" },
  {
    name: /\.(?:absmax|nested_absmax|quant_map|nested_quant_map|quant_state(?:\..*)?)$/u,
    what: "4-bit numbers of bitsandbytes",
  },
  { name: /\.(?:qweight|qzeros|g_idx)$/u, what: "integers of GPTQ or AWQ" },
  { name: /\.(?:weight_packed|weight_shape|weight_zero_point)$/u, what: "compressed-tensors" },
  { name: /\.(?:weight_scale(?:_inv)?|input_scale|activation_scale)$/u, what: "8-bit floats (fp8)" },
  { name: /\.(?:_packed_params|zero_point)(?:\.|$)/u, what: "integers of PyTorch" },
];

/**
 * Refuses what must be undone before a checkpoint can be read: adapters beside the matrices, and quantised weights.
 *
 * @param merged tensors whose adapters the recipe merges itself
 * @throws `checkpoint-invalid`
 */
export function refuseForeign(names: readonly string[], merged?: RegExp): void {
  const adapter = firstMarked(
    names.filter((name) => merged?.test(name) !== true),
    ADAPTERS,
  );
  if (adapter !== undefined) {
    throw unmerged(`${adapter.what} at ${adapter.name}`);
  }
  const quantised = firstMarked(names, QUANTISERS);
  if (quantised === undefined) return;
  throw new VlaPrunerError("checkpoint-invalid", {
    expected: "weights that are not quantised",
    found: `${quantised.what} at ${quantised.name}`,
    fix: "dequantise the checkpoint first, or take the one that it was made from; convert quantises on its own",
  });
}

/** An adapter that is not merged into the model. */
export function unmerged(found: string): VlaPrunerError {
  return new VlaPrunerError("checkpoint-invalid", {
    expected: "a whole model, adapters merged into its matrices",
    found,
    fix: "merge it (peft: PeftModel.from_pretrained(base, adapter).merge_and_unload(), then save_pretrained) and convert the result; if that is done, take what is left of the adapter out of the folder",
  });
}

function firstMarked(
  names: readonly string[],
  marks: readonly Mark[],
): { readonly name: string; readonly what: string } | undefined {
  for (const name of names) {
    const mark = marks.find((one) => one.name.test(name));
    if (mark !== undefined) return { name, what: mark.what };
  }
  return undefined;
}
