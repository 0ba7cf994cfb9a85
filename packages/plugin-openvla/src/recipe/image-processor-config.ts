import type { CheckpointConfig } from "@vla-pruner/onnx";
import { invalid } from "./openvla-sizes.ts";

/** How a camera frame becomes `pixel_values`; lies in `vla.image_processor`. */
export interface ImageProcessorConfig {
  /** Side of the square picture, pixels. */
  readonly size: number;
  /** `resize-naive` squeezes to a square, `letterbox` pads first, `resize-crop` cuts the longer side off. */
  readonly strategy: "resize-naive" | "letterbox" | "resize-crop";
  /** Normalisation of each tower, in channel order. */
  readonly normalize: readonly { readonly mean: readonly number[]; readonly std: readonly number[] }[];
}

const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
const HALF = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };

/**
 * Reads `preprocessor_config.json`. Its `tvf_normalize_params` win over `means` and `stds`, as they do in
 * the official processor (they are rounded to bfloat16 there). Without the file: DINOv2 and SigLIP.
 */
export function readImageProcessor(config: CheckpointConfig, file: unknown, size: number, towers: number): ImageProcessorConfig {
  const json = (typeof file === "object" && file !== null ? file : {}) as Readonly<Record<string, unknown>>;
  const strategy = json["image_resize_strategy"] ?? config["image_resize_strategy"] ?? "resize-naive";
  if (strategy !== "resize-naive" && strategy !== "letterbox" && strategy !== "resize-crop") {
    throw invalid("image_resize_strategy resize-naive, letterbox or resize-crop", JSON.stringify(strategy));
  }
  const fallback = towers === 2 ? [IMAGENET, HALF] : [HALF];
  const normalize = Array.from({ length: towers }, (_, index) => {
    const exact = at(json["tvf_normalize_params"], index) as { mean?: unknown; std?: unknown } | undefined;
    const mean = exact?.mean ?? at(json["means"], index) ?? fallback[index]?.mean;
    const std = exact?.std ?? at(json["stds"], index) ?? fallback[index]?.std;
    if (!isTriple(mean) || !isTriple(std)) throw invalid("three means and three deviations for each tower", JSON.stringify({ mean, std }));
    return { mean, std };
  });
  return { size, strategy, normalize };
}

function at(list: unknown, index: number): unknown {
  return Array.isArray(list) ? list[index] : undefined;
}

function isTriple(value: unknown): value is number[] {
  return Array.isArray(value) && value.length === 3 && value.every((part) => typeof part === "number" && Number.isFinite(part));
}
