import { createHash } from "node:crypto";
import type { VlaModelParts } from "@vla-pruner/core";
import { VlaPrunerError } from "@vla-pruner/format";
import { openCheckpoint, planConversion } from "@vla-pruner/onnx/convert";
import type { ModelRecipe, TensorSource } from "@vla-pruner/onnx/convert";
import type { VlaPlugin } from "@vla-pruner/core";

/** An architecture, as the command line has them. */
export interface Architecture {
  readonly recipe: ModelRecipe;
  readonly plugin: VlaPlugin;
}

/** What became of a checkpoint. `silent` and `crash` must not be. */
export type Outcome =
  | { readonly kind: "refused" | "refused-at-load"; readonly code: string; readonly says: string }
  | { readonly kind: "warned"; readonly says: string }
  | { readonly kind: "identical" }
  | { readonly kind: "silent"; readonly says: string }
  | { readonly kind: "crash"; readonly says: string };

/** What a checkpoint would be converted into. */
export interface Planned {
  /** Hash of all graphs and of the `vla` block. */
  readonly structure: string;
  /** The same, and a sample of each weight: equal where the model directories are. */
  readonly fingerprint: string;
  readonly warnings: readonly string[];
}

/**
 * Opens and plans a checkpoint as `convert` does, up to the writing.
 *
 * @param sampled whether weights are looked at: they are the same where only JSON was touched
 * @throws what `convert` throws
 */
export async function planned(
  folder: string,
  architectures: readonly Architecture[],
  sampled: boolean,
): Promise<Planned> {
  const recipes = architectures.map(({ recipe }) => recipe);
  const opened = await openCheckpoint(folder, recipes);
  try {
    const architecture = architectures.find(({ recipe }) =>
      recipe.matches(opened.config, opened.components, opened.present),
    );
    if (architecture === undefined) throw unknownArchitecture();
    const { config, files, weights: checkpoint } = opened;
    const { recipe } = architecture;
    const plan = await planConversion(recipe, { config, files, checkpoint, options: {} }, "fp32", 32);
    const { norm_stats: _statistics, ...block } = plan.vla;
    const hash = createHash("sha256").update(textOf([recipe.architecture, block]));
    for (const { session, graph } of plan.sessions) hash.update(session).update(textOf(graph));
    const structure = hash
      .update(textOf(await inputsOf(plan.vla, architecture)))
      .copy()
      .digest("hex");
    if (sampled)
      for (const { graph, source } of plan.sessions) await hashWeights(hash, graph.weights, source);
    return {
      structure,
      fingerprint: hash.digest("hex"),
      warnings: [...opened.warnings, ...plan.warnings],
    };
  } finally {
    await opened.weights.close();
  }
}

/** Whether a mistake came to an end that a robot can live with. */
export async function judge(
  folder: string,
  architectures: readonly Architecture[],
  whole: Planned,
  sampled: boolean,
): Promise<Outcome> {
  try {
    const { structure, fingerprint, warnings } = await planned(folder, architectures, sampled);
    const fresh = warnings.filter((warning) => !whole.warnings.includes(warning));
    if (fresh.length > 0) return { kind: "warned", says: fresh.join("; ") };
    const same = sampled ? fingerprint === whole.fingerprint : structure === whole.structure;
    if (same) return { kind: "identical" };
    return { kind: "silent", says: "another model, without a word" };
  } catch (error) {
    return error instanceof LoadRefused
      ? outcomeOf(error.refusal, "refused-at-load")
      : outcomeOf(error, "refused");
  }
}

/**
 * What the adapter does with its inputs and its actions, statistics included: those that it does not read do not count.
 *
 * @throws what loading the model directory, or looking at a first observation, would throw: no robot moves by it
 */
async function inputsOf(block: object, { plugin }: Architecture): Promise<unknown> {
  const session = {
    name: "none",
    inputNames: [],
    outputNames: [],
    run: async () => ({}),
    release: async () => {},
  };
  const sessions = new Proxy({}, { get: () => session, has: () => true }) as VlaModelParts["sessions"];
  const vla = block as VlaModelParts["vla"];
  const tokenizer = { encode: (words: string) => [1, 2, words.length] };
  try {
    const adapter = plugin.createAdapter({ vla, config: {}, sessions, tokenizer });
    const { inputIds: _ids, ...seen } = adapter.exampleObservation(0);
    const prepared = await adapter.prepare({ ...seen, instruction: "wave" }, { episode: "fuzz" });
    const { ids } = prepared as { readonly ids: readonly number[] };
    return [ids, adapter.describeInputs?.().map(({ about, value }) => [about, value])];
  } catch (error) {
    if (!VlaPrunerError.is(error)) throw error;
    throw new LoadRefused(error);
  }
}

class LoadRefused extends Error {
  readonly refusal: VlaPrunerError;

  constructor(refusal: VlaPrunerError) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

function outcomeOf(error: unknown, kind: "refused" | "refused-at-load"): Outcome {
  if (VlaPrunerError.is(error) && error.code !== "internal")
    return { kind, code: error.code, says: error.message };
  return { kind: "crash", says: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

/** The same text for the same values, however they lie in memory. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part === "bigint") return String(part);
    if (!ArrayBuffer.isView(part)) return part;
    return createHash("sha1")
      .update(new Uint8Array(part.buffer, part.byteOffset, part.byteLength))
      .digest("hex");
  });
}

/** The first and the last number of every tensor that is read: a range that was moved shows in them. */
async function hashWeights(
  hash: ReturnType<typeof createHash>,
  weights: readonly { readonly plan: unknown }[],
  source: TensorSource,
): Promise<void> {
  for (const { plan } of weights) {
    const { tensors = [] } = plan as { readonly tensors?: readonly string[] };
    for (const name of tensors.flatMap((tensor) => tensor.split(" * "))) {
      const info = source.info(name);
      const size = (info?.dims ?? []).reduce((all, side) => all * side, 1);
      hash.update(`${name} ${info?.dims.join()}`);
      for (const at of new Set([0, size - 1])) hash.update(String(await source.read(name, at, 1)));
    }
  }
}

function unknownArchitecture(): VlaPrunerError {
  return new VlaPrunerError("unknown-architecture", {
    expected: "a checkpoint that a recipe knows",
    found: "another",
    fix: "pass --architecture",
  });
}
