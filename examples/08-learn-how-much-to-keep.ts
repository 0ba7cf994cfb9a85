/** A pruner that decides how much it keeps, and remembers what it learnt: an episode goes on in another policy. */
import { isDeepStrictEqual } from "node:util";
import { createPolicy, loadPolicy, semanticScore, topK, VlaModel } from "@vla-pruner/core";
import type { PruneContext, TokenPruner } from "@vla-pruner/core";
import { prunerContract } from "@vla-pruner/core/testing";
import { openvla } from "@vla-pruner/plugin-openvla";
import { FRAMES, INSTRUCTION } from "./support/camera.ts";
import { convertTinyOpenVla } from "./support/tiny-model.ts";

/** Share of the tokens that calls needed so far, and how many calls there were. */
type Learnt = { readonly share: number; readonly calls: number };

/** Share of the tokens that hold a part of the semantic attention, the most looked-at first. */
function needed({ semantic, semanticRows, vision }: PruneContext, part: number): number {
  const score = semanticScore(semantic, semanticRows);
  let left = part * score.reduce((sum, value) => sum + value, 0);
  const count = score.toSorted((a, b) => b - a).findIndex((value) => (left -= value) <= 0) + 1;
  return Math.max(1, count) / vision;
}

/** Keeps as many tokens as earlier calls needed, on average; the first call keeps half. */
function thrifty(part: number): TokenPruner<Learnt> {
  return {
    name: "thrifty",
    retention: null, // it decides anew in every call
    memory: {
      start: () => ({ share: 0.5, calls: 0 }),
      observe: ({ share, calls }, { context }) => ({
        share: calls === 0 ? needed(context, part) : (share * calls + needed(context, part)) / (calls + 1),
        calls: calls + 1,
      }),
    },
    select({ semantic, semanticRows, vision, memory }) {
      const keep = topK(
        semanticScore(semantic, semanticRows),
        Math.max(1, Math.round(memory.share * vision)),
      );
      return { decision: "pruned", keep, reason: `${memory.calls} calls known` };
    },
  };
}

for (const check of Object.values(prunerContract)) await check(() => thrifty(0.5));
console.log(`meets ${Object.keys(prunerContract).length} checks`);

const model = await VlaModel.from_pretrained(await convertTinyOpenVla());
const first = await loadPolicy(model, { plugins: [openvla()], pruner: thrifty(0.5) });
const look = (index: number) => ({ images: { image: FRAMES[index] ?? "" }, instruction: INSTRUCTION });
for (const index of [0, 1, 2]) {
  const { step, keep, reason } = await first.act(look(index));
  console.log(`step ${step}: ${keep.length} kept, ${reason}`);
}

// The memory goes with the state, through JSON, into a second policy on the same model.
const saved = JSON.stringify(first.saveState());
const second = createPolicy({ adapter: openvla().createAdapter(model), pruner: thrifty(0.5) });
second.restoreState(JSON.parse(saved));
const [here, there] = [await first.act(look(3)), await second.act(look(3))];
console.log(`taken up again: ${there.reason}, same choice: ${isDeepStrictEqual(there.keep, here.keep)}`);
await model.dispose();
