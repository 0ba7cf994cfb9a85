import { VlaPrunerError } from "@vla-pruner/format";
import type { NormStats } from "@vla-pruner/core";
import { invalidConfig } from "@vla-pruner/onnx/convert";
import type { CheckpointConfig, CheckpointFiles } from "@vla-pruner/onnx/convert";
import type { Convention, NormMode, Pi0Vla } from "../pi0-vla.ts";

const ASSET = /^assets\/(.+)\/norm_stats\.json$/u;
const TENSORS = /normalizer.*\.safetensors$/u;
/** Files of statistics: openpi's beside the weights or below `assets/`, lerobot's tensors. */
export const STATISTICS_FILES: CheckpointFiles = {
  copied: ["norm_stats.json"],
  json: ["norm_stats.json", { below: "assets", name: /\/norm_stats\.json$/u }],
  vectors: [{ name: /^policy_preprocessor.*normalizer.*\.safetensors$/u }],
};

/** Name of statistics that stand beside the weights. */
const OWN = "default";
const STATISTICS = ["mean", "std", "q01", "q99"] as const;

type Vectors = Readonly<Record<string, readonly number[]>>;

/**
 * Statistics by asset id: openpi's `norm_stats.json` beside the weights or below `assets/`, or the tensors
 * that lerobot stores with its normaliser. What stands beside the weights wins.
 *
 * @throws `config-invalid`
 */
export function readNormStats(files: Readonly<Record<string, unknown>>): Record<string, NormStats> {
  const own = files["norm_stats.json"];
  if (own !== undefined) return { [OWN]: fromJson("norm_stats.json", own) };
  const tensors = Object.keys(files).find((path) => TENSORS.test(path));
  if (tensors !== undefined) return { [OWN]: fromTensors(files[tensors] as Vectors) };
  const assets = Object.entries(files).flatMap(([path, json]) => {
    const [, asset] = ASSET.exec(path) ?? [];
    return asset === undefined ? [] : [[asset, fromJson(path, json)] as const];
  });
  return Object.fromEntries(assets);
}

/** Which formula normalises state and actions. openpi: z-scores for π0, quantiles for π0.5; lerobot says so itself. */
export function readNormalization(
  config: CheckpointConfig,
  convention: Convention,
  pi05: boolean,
): Pi0Vla["normalization"] {
  const usual = pi05 ? "quantiles" : "z-score";
  if (convention === "openpi") return { state: usual, action: usual };
  const map = (config["normalization_mapping"] ?? {}) as Readonly<Record<string, unknown>>;
  const mode = (key: string): NormMode => {
    const name = map[key];
    if (name === undefined) return usual;
    const known = typeof name === "string" && Object.hasOwn(MODES, name) ? MODES[name] : undefined;
    if (known === undefined)
      throw invalidConfig(
        `normalization_mapping.${key} among ${Object.keys(MODES).join(", ")}`,
        JSON.stringify(name),
      );
    return known;
  };
  return { state: mode("STATE"), action: mode("ACTION") };
}

const MODES: Readonly<Record<string, NormMode>> = {
  MEAN_STD: "z-score",
  QUANTILES: "quantiles",
  IDENTITY: "identity",
};

function fromJson(path: string, json: unknown): NormStats {
  const { norm_stats: stats } = (json ?? {}) as { norm_stats?: unknown };
  const { state, actions } = (stats ?? {}) as { state?: unknown; actions?: unknown };
  if (actions === undefined) throw wrong(`${path}: norm_stats.actions`, "none");
  return {
    action: vectors(`${path}: actions`, actions),
    ...(state !== undefined && { state: vectors(`${path}: state`, state) }),
  };
}

function fromTensors(tensors: Vectors): NormStats {
  const part = (name: string): Vectors =>
    vectors(
      name,
      Object.fromEntries(STATISTICS.map((statistic) => [statistic, tensors[`${name}.${statistic}`]])),
    );
  const hasState = Object.keys(tensors).some((name) => name.startsWith("observation.state."));
  return { action: part("action"), ...(hasState && { state: part("observation.state") }) };
}

/** The known statistics of one vector, all of one length. */
function vectors(what: string, json: unknown): Vectors {
  const found = STATISTICS.flatMap((statistic) => {
    const values = (json as Readonly<Record<string, unknown>> | null)?.[statistic];
    if (values === undefined || values === null) return [];
    if (!isNumbers(values))
      throw wrong(`${what}.${statistic}: a list of numbers`, JSON.stringify(values).slice(0, 60));
    return [[statistic, values] as const];
  });
  if (found.length === 0) throw wrong(`${what}: ${STATISTICS.join(", ")}`, "none of them");
  if (new Set(found.map(([, values]) => values.length)).size !== 1)
    throw wrong(`${what}: lists of one length`, found.map(([, values]) => values.length).join(", "));
  return Object.fromEntries(found);
}

function isNumbers(value: unknown): value is number[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((part) => typeof part === "number" && Number.isFinite(part))
  );
}

function wrong(expected: string, found: string): VlaPrunerError {
  return new VlaPrunerError("config-invalid", {
    expected,
    found,
    fix: "correct the statistics of the checkpoint and convert it again",
  });
}
