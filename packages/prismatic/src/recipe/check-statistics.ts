import { isObject, VlaPrunerError } from "@vla-pruner/format";
import type { NormStats } from "@vla-pruner/core";

/** One vector that statistics are needed for. */
export interface CheckedPart {
  readonly part: "action" | "proprio";
  /** Keys of the lists that −1 and 1 stand for: `["q01", "q99"]`. */
  readonly keys: readonly [low: string, high: string];
  /** Numbers that the model has; `null` where the statistics themselves tell. */
  readonly size: number | null;
  /** Whether the official code writes a mask for it. */
  readonly masked: boolean;
}

/**
 * Looks through the statistics that a model will use.
 *
 * @param from the file that they are from
 * @returns warnings: training sets that cannot be chosen, constant dimensions, missing masks
 * @throws `config-invalid` where none of the training sets can be used
 */
export function checkStatistics(
  normStats: Readonly<Record<string, NormStats>>,
  parts: readonly CheckedPart[],
  from: string,
): string[] {
  const names = Object.keys(normStats);
  if (names.length === 0) {
    throw unusableStatistics(
      "statistics of the actions (dataset_statistics.json beside the weights, or norm_stats in config.json)",
      "none: actions would stay between −1 and 1",
    );
  }
  const warnings: string[] = [];
  const broken: string[] = [];
  for (const [name, statistics] of Object.entries(normStats)) {
    for (const part of parts) {
      const where = `${from}: ${name}.${part.part}`;
      const fault = faultOf(statistics[part.part], part);
      if (fault !== null) broken.push(`${where} ${fault}`);
      else warnings.push(...oddities(statistics[part.part] as Lists, part).map((odd) => `${where} ${odd}`));
    }
  }
  const unusable = new Set(
    names.filter((name) => broken.some((text) => text.startsWith(`${from}: ${name}.`))),
  );
  const [first = ""] = broken;
  if (unusable.size === names.length)
    throw unusableStatistics(`statistics that the model can use in ${from}`, first.slice(from.length + 2));
  return [...broken.map((text) => `${text}, so this training set cannot be chosen`), ...warnings];
}

function unusableStatistics(expected: string, found: string): VlaPrunerError {
  return new VlaPrunerError("config-invalid", {
    expected,
    found,
    fix: "put the dataset_statistics.json of the fine-tune's own training set beside the weights",
  });
}

type Lists = Readonly<Record<string, readonly number[]>>;

/** What makes statistics unusable; `null` where nothing does. */
function faultOf(given: unknown, { keys, size }: CheckedPart): string | null {
  if (!isObject(given)) return "has no statistics";
  const [low, high] = keys.map((key) => given[key]);
  for (const [index, list] of [low, high].entries()) {
    if (!Array.isArray(list) || list.length === 0) return `has no list ${keys[index]}`;
    const wrong = list.findIndex((value) => typeof value !== "number" || !Number.isFinite(value));
    if (wrong >= 0) return `has ${keys[index]}[${wrong}] = ${String(list[wrong])}, which is no finite number`;
    if (list.length !== (size ?? (low as unknown[]).length))
      return `has ${list.length} numbers in ${keys[index]}, but the model has ${size ?? (low as unknown[]).length}`;
  }
  const [lows, highs] = [low as number[], high as number[]];
  const crossed = lows.findIndex((value, index) => value > (highs[index] ?? value));
  if (crossed >= 0)
    return `has ${keys[0]}[${crossed}] = ${lows[crossed]} above ${keys[1]}[${crossed}] = ${highs[crossed]}`;
  const mask = given["mask"] ?? null;
  if (mask === null) return null;
  if (!Array.isArray(mask) || mask.length !== lows.length || !mask.every((one) => typeof one === "boolean"))
    return `has a mask that is not ${lows.length} times true or false`;
  return null;
}

/** What the official code takes, and users should know. */
function oddities(given: Lists, { keys: [low, high], masked }: CheckedPart): string[] {
  const [lows = [], highs = []] = [given[low], given[high]];
  const mask = (given["mask"] ?? null) as readonly unknown[] | null;
  const constant = lows.flatMap((value, index) =>
    value === highs[index] && mask?.[index] !== false ? [index] : [],
  );
  return [
    ...(constant.length > 0
      ? [
          `has constant dimensions (${low} = ${high}): ${constant.join(", ")}; they stay as they were in training, as in the official code`,
        ]
      : []),
    ...(masked && mask === null
      ? [`has no mask: every dimension is scaled, the gripper too, as in the official code`]
      : []),
  ];
}
