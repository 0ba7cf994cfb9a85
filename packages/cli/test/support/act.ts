import assert from "node:assert/strict";
import type { DraftResult } from "@vla-pruner/core";
import { numericEpisode } from "./episode.ts";
import { tinyModel } from "./model.ts";
import { succeed } from "./run-cli.ts";

/** A line of `act --json`. */
export interface StepLine {
  readonly step: number;
  readonly action: readonly (readonly number[])[];
  readonly tokens: readonly number[] | null;
  readonly draft?: DraftResult;
  readonly kept: readonly (readonly number[])[];
  readonly semantic: readonly (readonly number[])[];
  readonly forecast: readonly (readonly number[])[] | null;
  readonly actionAttention: readonly (readonly number[])[];
  readonly decision: "dense" | "pruned";
  readonly reason: string;
  readonly timings: Readonly<Record<string, number>>;
}

/** The lines of `act --json`; fails when anything else is on stdout. */
export function parseSteps(stdout: string): StepLine[] {
  assert.ok(stdout.endsWith("\n"), "the last line is complete");
  return stdout
    .slice(0, -1)
    .split("\n")
    .map((line) => JSON.parse(line) as StepLine);
}

/** Steps of any model and episode. */
export async function actOn(
  model: string,
  episode: string,
  ...options: readonly string[]
): Promise<StepLine[]> {
  return parseSteps(await succeed("act", model, "--episode", episode, "--json", ...options));
}

const known = new Map<string, Promise<StepLine[]>>();

/** Steps of the tiny model over the numeric episode; run once for the same options. */
export async function act(...options: readonly string[]): Promise<StepLine[]> {
  const key = options.join(" ");
  const steps = known.get(key) ?? actOn(await tinyModel(), await numericEpisode(), ...options);
  known.set(key, steps);
  return steps;
}

/** Steps without their timings, as the text that was printed. */
export function withoutTimings(steps: readonly StepLine[]): string {
  return steps.map((step) => JSON.stringify({ ...step, timings: undefined })).join("\n");
}
