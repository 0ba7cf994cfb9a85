import { VlaPrunerError } from "@vla-pruner/format";
import type { TensorInfo, TensorSource } from "../weights/tensor-source.ts";
import type { ModelRecipe } from "./model-recipe.ts";

/** What data-parallel training, `torch.compile`, FSDP and peft put in front of names. */
const WRAPPER = /^(?:module|_orig_mod|_forward_module|_fsdp_wrapped_module|base_model\.model)\./u;

/** What they put inside of names. */
const INNER_WRAPPER = /\.(?:_orig_mod|_fsdp_wrapped_module|_checkpoint_wrapped_module)(?=\.)/gu;

/** A name without the wrappers that training puts around a model. */
function unwrapped(name: string): string {
  let rest = name;
  while (WRAPPER.test(rest)) rest = rest.replace(WRAPPER, "");
  return rest.replace(INNER_WRAPPER, "");
}

/** A checkpoint whose tensors have the names that the recipe's graphs ask for. Nothing else is changed. */
export class SanitizedSource implements TensorSource {
  readonly names: readonly string[];
  readonly #source: TensorSource;
  readonly #stored: ReadonlyMap<string, string>;

  /** @throws `checkpoint-invalid` where two tensors come to one name */
  constructor(source: TensorSource, recipe: Pick<ModelRecipe, "files" | "sanitize">) {
    const components = Object.keys(recipe.files?.components ?? {});
    const plain = source.names.map((name) => {
      const prefix = components.map((component) => `${component}.`).find((one) => name.startsWith(one)) ?? "";
      return `${prefix}${unwrapped(name.slice(prefix.length))}`;
    });
    const stored = new Map<string, string>();
    for (const [index, name] of plain.entries()) {
      const sane = recipe.sanitize?.(name, plain) ?? name;
      const own = source.names[index] ?? name;
      const other = stored.get(sane);
      if (other !== undefined) throw twice(sane, other, own);
      stored.set(sane, own);
    }
    this.names = [...stored.keys()];
    this.#source = source;
    this.#stored = stored;
  }

  info(name: string): TensorInfo | undefined {
    const stored = this.#stored.get(name);
    return stored === undefined ? undefined : this.#source.info(stored);
  }

  async read(name: string, start: number, count: number): Promise<Float32Array> {
    return this.#source.read(this.#stored.get(name) ?? name, start, count);
  }

  async close(): Promise<void> {
    await this.#source.close();
  }
}

function twice(name: string, one: string, other: string): VlaPrunerError {
  return new VlaPrunerError("checkpoint-invalid", {
    expected: `one tensor that means ${name}`,
    found: `${one} and ${other}`,
    fix: "save the checkpoint again with one of them; which one was trained is not ours to guess",
  });
}
