import type { InputFact } from "@vla-pruner/core";
import { statisticsNamed } from "@vla-pruner/format";
import { boundsFact, prismaticFacts } from "@vla-pruner/prismatic";
import type { OftOptions } from "./oft-options.ts";
import type { OftVla } from "./oft-vla.ts";
import type { OftStatistics } from "./statistics.ts";

/** What OpenVLA-OFT does with what it is given. */
export function oftFacts(vla: OftVla, options: OftOptions, statistics: OftStatistics): InputFact[] {
  const { name } = statisticsNamed(vla.norm_stats, options.unnormKey);
  const scheme = options.normalization ?? vla.normalization;
  const by = `by ${scheme === "bounds" ? "min … max" : "q01 … q99"} of ${name}`;
  const { state_size: state, action_size: action, chunk, action_head: head } = vla;
  return [
    ...prismaticFacts(vla.image_processor, options),
    statistics.state === null
      ? { about: "state", says: "none is read" }
      : boundsFact("state", `${state} numbers, normalised ${by} and clipped`, statistics.state),
    boundsFact(
      "action",
      `${chunk} actions of ${action} numbers (${head} head), un-normalised ${by}`,
      statistics.action,
    ),
  ];
}
