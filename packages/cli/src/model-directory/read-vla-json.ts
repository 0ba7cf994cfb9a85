import { access } from "node:fs/promises";
import { join } from "node:path";
import { VlaPrunerError } from "@vla-pruner/errors";
import { DTYPES, readJson } from "@vla-pruner/onnx";

/** The part of the `vla` block that `inspect` shows; keys as in the file. */
export interface VlaJson {
  readonly architecture: string;
  readonly dtype: string;
  readonly prune_layer: number;
  readonly action_layers: readonly number[];
  readonly tapped_layers: readonly number[];
  readonly views: number;
  readonly vision_tokens_per_view: number;
  readonly norm_stats: Readonly<Record<string, unknown>>;
  readonly sessions: Readonly<Record<string, SessionJson>>;
}

export interface SessionJson {
  readonly file: string;
  readonly bytes: { readonly graph: number; readonly data: readonly number[] };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isNumbers = (value: unknown): boolean => Array.isArray(value) && value.every(Number.isInteger);

const CHECKS: Readonly<Record<keyof VlaJson, (value: unknown) => boolean>> = {
  architecture: (value) => typeof value === "string",
  dtype: (value) => typeof value === "string" && Object.hasOwn(DTYPES, value),
  prune_layer: Number.isInteger,
  action_layers: isNumbers,
  tapped_layers: isNumbers,
  views: Number.isInteger,
  vision_tokens_per_view: Number.isInteger,
  norm_stats: isObject,
  sessions: (value) => isObject(value) && Object.values(value).every(isSession),
};

/**
 * Reads the `vla` block of a model directory.
 *
 * @throws `model-missing`, `config-invalid`, `model-invalid`
 */
export async function readVlaJson(folder: string): Promise<VlaJson> {
  const path = join(folder, "config.json");
  await access(path).catch((cause: unknown) => {
    throw new VlaPrunerError("model-missing", {
      expected: `a model directory with config.json at ${folder}`,
      found: cause instanceof Error ? cause.message : String(cause),
      fix: "check the path, or make the model with `vla-pruner convert`",
      cause,
    });
  });
  const { vla } = await readJson(path);
  if (!isObject(vla)) {
    throw new VlaPrunerError("model-invalid", {
      expected: `a block "vla" in ${path}`,
      found: "none",
      fix: "this looks like a checkpoint, not a model directory: run `vla-pruner convert` on it first",
    });
  }
  const wrong = Object.entries(CHECKS).find(([key, fits]) => !fits(vla[key]));
  if (wrong === undefined) return vla as unknown as VlaJson;
  throw new VlaPrunerError("model-invalid", {
    expected: `a valid vla.${wrong[0]} in ${path}`,
    found: JSON.stringify(vla[wrong[0]] ?? null).slice(0, 80),
    fix: "convert the checkpoint again with this version of vla-pruner",
  });
}

function isSession(value: unknown): boolean {
  if (!isObject(value) || typeof value["file"] !== "string" || !isObject(value["bytes"])) return false;
  const { graph, data } = value["bytes"];
  return Number.isInteger(graph) && isNumbers(data);
}
