import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import type { Inputs } from "./cases.ts";

const FRAMES = resolve(import.meta.dirname, "../../examples/frames");
/** Enough for a window of three dense calls and a pruned one. */
const STEPS = 4;
const INSTRUCTIONS = ["put the bowl on the plate", "stack the green can"];

/**
 * Two episodes, for `act` and for the clients: the same pictures, states and words.
 *
 * @returns the episode file of `act`, and the steps for `robots.py`
 */
export function makeEpisodes(
  folder: string,
  inputs: Inputs,
): { readonly file: string; readonly steps: object } {
  mkdirSync(folder, { recursive: true });
  const episodes = INSTRUCTIONS.map((instruction, episode) => ({
    instruction,
    steps: Array.from({ length: STEPS }, (_, step) => {
      const frame = (offset: number): string => join(FRAMES, `frame-${(step + offset + episode) % 8}.png`);
      // Eighths, which float32 holds exactly: some clients round to it.
      const state = Array.from(
        { length: Math.max(8, inputs.state) },
        (__, index) => ((index + 3 * step) % 7) / 8,
      );
      return { main: frame(0), left: frame(2), right: frame(5), state };
    }),
  }));
  const lines = episodes.flatMap(({ instruction, steps }) => [
    { reset: true },
    ...steps.map((step) => ({
      instruction,
      images: Object.fromEntries(
        inputs.views.map((view, index) => [inputs.names[index], relative(folder, step[view])]),
      ),
      ...(inputs.state > 0 && { state: step.state.slice(0, inputs.state) }),
    })),
  ]);
  const file = join(folder, "episode.jsonl");
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  return { file, steps: { unnorm_key: "tabletop", episodes } };
}
