import { isObject, VlaPrunerError } from "@vla-pruner/format";
import type { NormStats } from "@vla-pruner/core";
import { invalidConfig } from "@vla-pruner/onnx/convert";
import type { CheckpointConfig, CheckpointFiles } from "@vla-pruner/onnx/convert";
import type { NormMode, Pi0Vla } from "../pi0-vla.ts";
import { POSTPROCESSOR, PREPROCESSOR } from "./processors.ts";
import type { ProcessorStep } from "./processors.ts";

const ASSET = /^assets\/(.+)\/norm_stats\.json$/u;
const NORMALIZER = /^policy_preprocessor.*_normalizer.*\.safetensors$/u;
const UNNORMALIZER = /^policy_postprocessor.*unnormalizer.*\.safetensors$/u;

/** Files of statistics: openpi's beside the weights or below `assets/`, lerobot's tensors, transformers' processor. */
export const STATISTICS_FILES: CheckpointFiles = {
  copied: ["norm_stats.json"],
  json: [
    "norm_stats.json",
    { below: "assets", name: /\/norm_stats\.json$/u },
    PREPROCESSOR,
    POSTPROCESSOR,
    "processor_config.json",
  ],
  vectors: [{ name: NORMALIZER }, { name: UNNORMALIZER }],
};

/** Name of statistics that stand beside the weights. */
const OWN = "default";
const STATISTICS = ["mean", "std", "q01", "q99", "min", "max", "q10", "q90"] as const;

type Vectors = Readonly<Record<string, readonly number[]>>;
type Files = Readonly<Record<string, unknown>>;

/** Statistics by asset id, and where they are from. */
export interface FoundStatistics {
  readonly normStats: Readonly<Record<string, NormStats>>;
  readonly from: string;
  readonly warnings: readonly string[];
}

/**
 * Statistics by asset id: openpi's `norm_stats.json` beside the weights or below `assets/`, or the tensors
 * that lerobot stores with its normalisers, the state's before and the actions' after the policy. What stands
 * beside the weights wins.
 *
 * @param before lerobot's step that normalises; `after` the one that goes back
 * @throws `config-invalid`, `checkpoint-missing`
 */
export function readNormStats(files: Files, before?: ProcessorStep, after?: ProcessorStep): FoundStatistics {
  const own = files["norm_stats.json"];
  if (own !== undefined)
    return statisticsFrom("norm_stats.json", { [OWN]: fromJson("norm_stats.json", own) });
  const [state, action] = [vectorFile(files, before, NORMALIZER), vectorFile(files, after, UNNORMALIZER)];
  if (state !== undefined || action !== undefined) {
    const [states, actions] = [files[state ?? action ?? ""], files[action ?? state ?? ""]] as [
      Vectors,
      Vectors,
    ];
    const differ = STATISTICS.some((one) => {
      const [early, late] = [states[`action.${one}`], actions[`action.${one}`]];
      return early !== undefined && late !== undefined && String(early) !== String(late);
    });
    const warning = `${state} and ${action} differ in the statistics of actions; those of ${action} were used, as lerobot does`;
    const from = [...new Set([state, action].filter((path) => path !== undefined))].join(" and ");
    return statisticsFrom(from, { [OWN]: fromTensors(states, actions) }, differ ? [warning] : []);
  }
  const processor = files["processor_config.json"];
  if (isObject(processor) && Array.isArray(processor["actions_mean"]))
    return statisticsFrom("processor_config.json", { [OWN]: fromProcessor(processor) });
  const assets = Object.entries(files).flatMap(([path, json]) => {
    const [, asset] = ASSET.exec(path) ?? [];
    return asset === undefined ? [] : [[asset, fromJson(path, json)] as const];
  });
  return statisticsFrom(assets.length > 0 ? "assets/*/norm_stats.json" : "none", Object.fromEntries(assets));
}

/** Which formula normalises state and actions: what the processors say, then the config; else openpi's by variant. */
export function readNormalization(
  config: CheckpointConfig,
  pi05: boolean,
  before?: ProcessorStep,
  after?: ProcessorStep,
): Pi0Vla["normalization"] {
  const usual = pi05 ? "quantiles" : "z-score";
  const mode = (key: "STATE" | "ACTION", step: ProcessorStep | undefined): NormMode => {
    const [map, where] = isObject(step?.config["norm_map"])
      ? [step?.config["norm_map"], `norm_map of ${step?.name}`]
      : [config["normalization_mapping"], "normalization_mapping"];
    const name = isObject(map) ? map[key] : undefined;
    if (name === undefined || name === null) return step === undefined ? usual : "identity";
    const known = typeof name === "string" && Object.hasOwn(MODES, name) ? MODES[name] : undefined;
    if (known !== undefined) return known;
    throw invalidConfig(`${where}.${key} among ${Object.keys(MODES).join(", ")}`, JSON.stringify(name));
  };
  const keys = before?.config["normalize_observation_keys"];
  const stateIsLeft = Array.isArray(keys) && !keys.includes("observation.state");
  return { state: stateIsLeft ? "identity" : mode("STATE", before), action: mode("ACTION", after) };
}

const MODES: Readonly<Record<string, NormMode>> = {
  MEAN_STD: "z-score",
  QUANTILES: "quantiles",
  QUANTILE10: "deciles",
  MIN_MAX: "min-max",
  IDENTITY: "identity",
};

/** The file of a step's statistics: the one that it names, else the one of the usual name. */
function vectorFile(files: Files, step: ProcessorStep | undefined, usual: RegExp): string | undefined {
  const named = step?.stateFile ?? null;
  if (named === null)
    return step === undefined ? Object.keys(files).find((path) => usual.test(path)) : undefined;
  if (files[named] !== undefined) return named;
  throw new VlaPrunerError("checkpoint-missing", {
    expected: `the statistics ${named} beside the weights, as ${step?.name} says`,
    found: "no such file",
    fix: "download it from the model's repository",
  });
}

function statisticsFrom(
  from: string,
  normStats: Readonly<Record<string, NormStats>>,
  warnings: readonly string[] = [],
): FoundStatistics {
  return { from, normStats, warnings };
}

function fromJson(path: string, json: unknown): NormStats {
  const { norm_stats: stats } = (json ?? {}) as { norm_stats?: unknown };
  const { state, actions } = (stats ?? {}) as { state?: unknown; actions?: unknown };
  if (actions === undefined) throw wrong(`${path}: norm_stats.actions`, "none");
  return {
    action: vectors(`${path}: actions`, actions),
    ...(state !== undefined && { state: vectors(`${path}: state`, state) }),
  };
}

function fromTensors(states: Vectors, actions: Vectors): NormStats {
  const part = (tensors: Vectors, name: string): Vectors | null =>
    Object.keys(tensors).some((key) => key.startsWith(`${name}.`))
      ? vectors(
          name,
          Object.fromEntries(STATISTICS.map((statistic) => [statistic, tensors[`${name}.${statistic}`]])),
        )
      : null;
  const state = part(states, "observation.state");
  return { action: part(actions, "action") ?? {}, ...(state !== null && { state }) };
}

function fromProcessor(processor: Readonly<Record<string, unknown>>): NormStats {
  const part = (name: string): Vectors =>
    vectors(`processor_config.json: ${name}`, {
      mean: processor[`${name}_mean`],
      std: processor[`${name}_std`],
    });
  return { action: part("actions"), state: part("state") };
}

/** The known statistics of one vector, all of one length. */
function vectors(what: string, json: unknown): Vectors {
  const found = STATISTICS.flatMap((statistic) => {
    const values = (json as Readonly<Record<string, unknown>> | null)?.[statistic];
    if (values === undefined || values === null) return [];
    if (!isNumbers(values))
      throw wrong(`${what}.${statistic}: a list of finite numbers`, JSON.stringify(values).slice(0, 60));
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

export function wrong(expected: string, found: string): VlaPrunerError {
  return new VlaPrunerError("config-invalid", {
    expected,
    found,
    fix: "correct the statistics of the checkpoint and convert it again",
  });
}
