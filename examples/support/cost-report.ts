import { prefillMacs, stepMacs } from "@vla-pruner/core";
import type { DecoderCost, ModelLayout, StepMacs } from "@vla-pruner/core";

/** The cost model's multiply-accumulates of one call by part, dense against `kept` visual tokens. */
export function costSummary(layout: ModelLayout, sequence: number, kept: number): string {
  const vision = layout.views.reduce((sum, { count }) => sum + count, 0);
  const dense = stepMacs(layout.cost, layout.pruneLayer, sequence, sequence);
  const pruned = stepMacs(layout.cost, layout.pruneLayer, sequence, sequence - vision + kept);
  const parts = (Object.keys(dense) as (keyof StepMacs)[]).filter((part) => dense[part] > 0);
  const line = (part: keyof StepMacs): string => {
    const [before, after] = [dense[part], pruned[part]];
    const change = `${((100 * after) / before).toFixed(1)} %`;
    return `  ${part.padEnd(13)}${(before / 1e6).toFixed(0).padStart(8)} → ${(after / 1e6).toFixed(0).padStart(6)} MMAC  ${change.padStart(8)}`;
  };
  return [`cost model of one call, ${vision} → ${kept} visual tokens:`, ...parts.map(line)].join("\n");
}

/** OpenVLA-7B's decoder, and the 256 + 35 prompt tokens of the paper's cost column. */
const OPENVLA_7B: DecoderCost = {
  layers: 32,
  hidden: 4096,
  intermediate: 11_008,
  vocabulary: 32_064,
  decodeSteps: 6,
  towers: [],
};

/** What the same cut saves at full size, by the cost model. */
export function fullSizeCost(pruneLayer: number, retention: number): string {
  const [text, vision] = [35, 256];
  const at = (kept: number): string =>
    (prefillMacs(OPENVLA_7B, pruneLayer, text + vision, text + kept) / 1e12).toFixed(3);
  return `the same cut at OpenVLA-7B's size, prefill: ${at(vision)} → ${at(Math.round(vision * retention))} TMAC (cost model)`;
}
