import { createPolicy, vlaPruner } from "../../packages/core/src/index.ts";
import type { Policy, StepResult, VlaAdapter } from "../../packages/core/src/index.ts";

/** Observations that differ, over and over. */
const OBSERVATIONS = 5;

/** What two devices made of the same steps. */
interface Alike {
  readonly steps: number;
  /** Steps that kept other tokens, or chose other action tokens. */
  readonly otherChoices: number;
  /** Of a number of an action, anywhere. */
  readonly largestDifference: number;
}

/** Plays an episode of observations that change from step to step on two devices, at 25 % kept. */
export async function alike(adapters: readonly [VlaAdapter, VlaAdapter], steps: number): Promise<Alike> {
  const policies = adapters.map((adapter): Policy =>
    createPolicy({
      adapter,
      pruner: vlaPruner({ retention: 0.25 }),
      selectAhead: adapter.layout.aheadOnly === true,
      drafts: adapter.layout.draftTokens === undefined ? false : { stopBelow: 0, resumeAbove: 0 },
    }),
  );
  let [otherChoices, largestDifference] = [0, 0];
  for (let step = 0; step < steps; step += 1) {
    const observation = adapters[0].exampleObservation(step % OBSERVATIONS);
    const [one, other] = await Promise.all(policies.map((policy) => policy.act(observation)));
    if (one === undefined || other === undefined) throw new TypeError("two policies");
    if (choices(one) !== choices(other)) otherChoices += 1;
    for (const [place, value] of one.actions.flat().entries())
      largestDifference = Math.max(largestDifference, Math.abs(value - (other.actions.flat()[place] ?? 0)));
  }
  return { steps, otherChoices, largestDifference };
}

function choices({ keep, tokens }: StepResult): string {
  return `${keep.join()} ${String(tokens)}`;
}
