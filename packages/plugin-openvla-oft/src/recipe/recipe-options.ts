import { invalidConfig, invalidOption, wholeNumber, wholeOption } from "@vla-pruner/onnx/convert";
import type { CheckpointConfig, RecipeOptions } from "@vla-pruner/onnx/convert";
import type { HeadKind, Normalization } from "../oft-vla.ts";

/** Cameras that OpenVLA-OFT was trained with, at most. */
const MOST_VIEWS = 3;

/** Numbers of an ALOHA action: two arms. */
const ALOHA = 14;

/**
 * Pictures a step: `--views`, else `num_images_in_input` of config.json, else 1.
 *
 * @throws `invalid-option`, `config-invalid`
 */
export function planViews(config: CheckpointConfig, options: RecipeOptions): number {
  const views = options.views ?? wholeNumber(config, "num_images_in_input", 1);
  const fix = "pass the number of cameras that the model was trained with";
  return wholeOption("--views", views, MOST_VIEWS, fix);
}

/**
 * Whether one graph does a whole call. A FiLM model reads the words before the pictures, and a diffusion head runs the
 * decoder many times over the same pictures: neither is one run.
 *
 * @throws `invalid-option`
 */
export function planAhead(
  { ahead = false }: RecipeOptions,
  { film, head }: { readonly film: boolean; readonly head: HeadKind },
): boolean {
  if (!ahead || (!film && head !== "diffusion")) return ahead;
  throw invalidOption(
    "no --ahead for a model with FiLM or a diffusion head",
    film ? "FiLM" : "a diffusion head",
    "leave --ahead out: policies may select ahead on any graphs",
  );
}

/**
 * Which bounds statistics normalise by: config key `normalization`, else minimum and maximum for ALOHA and
 * quantiles for the others, as the official constants have it.
 *
 * @throws `config-invalid`
 */
export function planNormalization(config: CheckpointConfig, actionSize: number): Normalization {
  const given = config["normalization"] ?? (actionSize === ALOHA ? "bounds" : "bounds_q99");
  if (given === "bounds" || given === "bounds_q99") return given;
  throw invalidConfig("normalization: bounds or bounds_q99", JSON.stringify(given));
}
