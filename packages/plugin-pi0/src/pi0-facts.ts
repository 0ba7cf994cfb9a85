import type { InputFact } from "@vla-pruner/core";
import { FRAME_FACT, inFigures } from "@vla-pruner/core/adapter";
import { statisticsNamed } from "@vla-pruner/format";
import type { StepContext } from "./prepare-step.ts";
import { promptParts } from "./prompt.ts";
import type { Formula } from "./statistics.ts";

const WORDS = "Pick up the cup";

/** What π0 does with what it is given. */
export function pi0Facts({ vla, options, statistics }: StepContext, steps: number): InputFact[] {
  const { image_size: side, norm_stats: stats, normalization, variant, horizon } = vla;
  const name = Object.keys(stats).length === 0 ? "no set" : statisticsNamed(stats, options.unnormKey).name;
  const prompt = promptParts(WORDS, [0, 0.5], vla).join("");
  const { seed = 0, noise = "observation" } = options;
  return [
    FRAME_FACT,
    { about: "crop", says: "none" },
    {
      about: "resize",
      says: `fitted into ${side} × ${side}, bilinear with antialiasing (Pillow's), the rest black`,
      value: { size: side },
    },
    { about: "colours", says: "x / 127.5 − 1: −1 … 1" },
    { about: "prompt", says: `${JSON.stringify(WORDS)} → ${JSON.stringify(prompt)}`, value: prompt },
    {
      about: "state",
      says: `${variant === "pi05" ? "written into the prompt" : `a token of ${vla.state_size} numbers, padded with 0`}; ${inWords(statistics.state, normalization.state, name)}`,
      value: statistics.state,
    },
    {
      about: "action",
      says: `${horizon} actions a call; ${inWords(statistics.action, normalization.action, name)}`,
      value: statistics.action,
    },
    {
      about: "noise",
      says: `${steps} Euler steps from noise drawn by seed ${seed} and ${noise === "fixed" ? "nothing else" : `the ${noise}`}; --noise fixed keeps it the same at every step`,
    },
  ];
}

function inWords(formula: Formula | null, mode: string, name: string): string {
  if (formula === null || mode === "identity") return "as it is, no statistics";
  const { low, range } = formula;
  const high = low.map((value, index) => value + (range[index] ?? 0));
  return mode === "z-score"
    ? `by mean ${inFigures(low)} and std ${inFigures(range)} of ${name}`
    : `−1 … 1 is q01 … q99 of ${name}: ${inFigures(low)} … ${inFigures(high)}`;
}
