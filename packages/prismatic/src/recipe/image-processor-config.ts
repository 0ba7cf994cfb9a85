import { invalidConfig } from "@vla-pruner/onnx/convert";
import type { CheckpointConfig } from "@vla-pruner/onnx/convert";

/** How a camera frame becomes `pixel_values`; lies in `vla.image_processor`. */
export interface ImageProcessorConfig {
  /** Side of the square picture, pixels. */
  readonly size: number;
  /** `resize-naive` squeezes to a square, `letterbox` pads first, `resize-crop` cuts the longer side off. */
  readonly strategy: "resize-naive" | "letterbox" | "resize-crop";
  /** Colour of a letterbox's border, 0 … 255. */
  readonly fill: readonly number[];
  /** Normalisation of each tower, in channel order. */
  readonly normalize: readonly { readonly mean: readonly number[]; readonly std: readonly number[] }[];
}

const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
const HALF = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };

/**
 * Reads `preprocessor_config.json`. Its `tvf_normalize_params` win over `means` and `stds`, as they do in
 * the official processor (they are rounded to bfloat16 there). Without the file: DINOv2 and SigLIP.
 */
export function readImageProcessor(
  config: CheckpointConfig,
  file: unknown,
  size: number,
  towers: number,
): ImageProcessorConfig {
  const json = (typeof file === "object" && file !== null ? file : {}) as Readonly<Record<string, unknown>>;
  checkSides(json["input_sizes"], size);
  const strategy = json["image_resize_strategy"] ?? config["image_resize_strategy"] ?? "resize-naive";
  if (strategy !== "resize-naive" && strategy !== "letterbox" && strategy !== "resize-crop") {
    throw invalidConfig(
      "image_resize_strategy resize-naive, letterbox or resize-crop",
      JSON.stringify(strategy),
    );
  }
  for (const key of ["tvf_normalize_params", "means", "stds"]) checkTowers(key, json[key], towers);
  const ids = config["timm_model_ids"] ?? (towers === 2 ? ["dinov2"] : []);
  const normalize = Array.from({ length: towers }, (_, index) => {
    const exact = at(json["tvf_normalize_params"], index) as { mean?: unknown; std?: unknown } | undefined;
    const fallback = String(at(ids, index)).includes("dinov2") ? IMAGENET : HALF;
    const mean = exact?.mean ?? at(json["means"], index) ?? fallback.mean;
    const std = exact?.std ?? at(json["stds"], index) ?? fallback.std;
    if (!isTriple(mean) || !isTriple(std) || std.some((part) => part <= 0))
      throw invalidConfig("three means and three deviations for each tower", JSON.stringify({ mean, std }));
    return { mean, std };
  });
  return { size, strategy, fill: fillOf(json, normalize.at(-1)?.mean ?? []), normalize };
}

/** The pictures' format must be the towers' own. */
function checkSides(given: unknown, size: number): void {
  if (given === undefined || given === null) return;
  const square = JSON.stringify([3, size, size]);
  if (!Array.isArray(given) || !given.every((one) => JSON.stringify(one) === square)) {
    throw invalidConfig(
      `preprocessor_config.json with input_sizes ${square}, as the vision towers have it`,
      JSON.stringify(given),
    );
  }
}

/** A list that is there has an entry for each tower: else the others would take their neighbour's. */
function checkTowers(key: string, list: unknown, towers: number): void {
  if (list === undefined || list === null || (Array.isArray(list) && list.length === towers)) return;
  throw invalidConfig(
    `preprocessor_config.json with ${key} of ${towers} vision towers`,
    JSON.stringify(list).slice(0, 80),
  );
}

/** The mean colour of the last tower: the official processor's loop leaves that one standing. */
function fillOf(json: Readonly<Record<string, unknown>>, lastMean: readonly number[]): readonly number[] {
  const given = json["tvf_letterbox_fill"];
  if (isTriple(given)) return given;
  const mean: unknown = Array.isArray(json["means"]) ? json["means"].at(-1) : lastMean;
  return (isTriple(mean) ? mean : lastMean).map((part) => Math.floor(part * 255));
}

function at(list: unknown, index: number): unknown {
  return Array.isArray(list) ? list[index] : undefined;
}

function isTriple(value: unknown): value is number[] {
  return (
    Array.isArray(value) &&
    value.length === 3 &&
    value.every((part) => typeof part === "number" && Number.isFinite(part))
  );
}
