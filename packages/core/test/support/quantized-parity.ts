import assert from "node:assert/strict";
import { createPolicy, keepAll, vlaPruner } from "../../src/index.ts";
import type { Observation, StepResult, TokenPruner, VlaModel, VlaPlugin } from "../../src/index.ts";

/** What a quantised model may be off by, against the same model in float32. */
export interface QuantizedTolerance {
  /** Root of the mean squared difference of action attention, over its own root mean square. */
  readonly attention: number;
  /** Mean difference of an action's numbers, which lie between −1 and 1 or little beyond. */
  readonly action: number;
  /** Least share of the kept tokens that are the same, over an episode. */
  readonly kept: number;
}

export interface QuantizedSubject {
  readonly plugin: VlaPlugin;
  readonly load: (dtype: string) => Promise<VlaModel>;
  /** Two more than the forecast's window. */
  readonly observations: readonly Observation[];
  readonly tolerances: Readonly<Record<string, QuantizedTolerance>>;
}

/** Tests that a plugin's quantised models pass: close to float32 by the dtype's own tolerance, exact where nothing is lost. */
export function describeQuantized(name: string, subject: QuantizedSubject): void {
  const { plugin, load, observations, tolerances } = subject;

  async function play(model: VlaModel, pruner: TokenPruner): Promise<StepResult[]> {
    const policy = createPolicy({ adapter: plugin.createAdapter(model), pruner });
    const steps: StepResult[] = [];
    for (const observation of observations) steps.push(await policy.act(observation));
    return steps;
  }

  async function playBoth(dtype: string): Promise<Played> {
    const model = await load(dtype);
    try {
      const dense = await play(model, keepAll());
      const pruned = await play(model, vlaPruner({ retention: 0.25 }));
      const all = dtype === "fp32" ? [] : await play(model, vlaPruner({ retention: 1 }));
      return { dense, pruned, all };
    } finally {
      await model.dispose();
    }
  }

  describe(`${name}, quantised`, () => {
    let whole: Played;
    before(async () => void (whole = await playBoth("fp32")));

    for (const [dtype, tolerance] of Object.entries(tolerances)) {
      describe(dtype, () => {
        let found: Played;
        before(async () => void (found = await playBoth(dtype)));

        it("acts and attends about as in float32", () => {
          const [ours, theirs] = [found.dense, whole.dense].map((steps) => ({
            attention: steps.flatMap(({ actionAttention }) => [...actionAttention]),
            actions: steps.flatMap(({ actions }) => actions.flat()),
          }));
          const attention = relativeDistance(ours?.attention ?? [], theirs?.attention ?? []);
          assert.ok(attention <= tolerance.attention, `action attention is ${attention} off`);
          const action = meanDistance(ours?.actions ?? [], theirs?.actions ?? []);
          assert.ok(action <= tolerance.action, `actions are ${action} off`);
        });

        it("keeps as many tokens, and about the same", () => {
          const counts = [found, whole].map(({ pruned }) => pruned.map(({ keep }) => keep.length));
          assert.deepEqual(counts[0], counts[1]);
          const same = whole.pruned.flatMap(({ keep, decision }, step) =>
            decision === "pruned" ? [...keep].map((token) => found.pruned[step]?.keep.includes(token)) : [],
          );
          const share = same.filter(Boolean).length / same.length;
          assert.ok(share >= tolerance.kept, `${share} of the kept tokens are the same`);
        });

        it("equals its own unpruned model at retention 1, number for number", () => {
          for (const [index, { tokens, actions, actionAttention }] of found.dense.entries()) {
            assert.deepEqual(found.all[index]?.tokens, tokens);
            assert.deepEqual(found.all[index]?.actions, actions);
            assert.deepEqual(found.all[index]?.actionAttention, actionAttention);
          }
        });
      });
    }
  });
}

/** An episode without pruning, with pruning, and pruned to everything. */
type Played = Readonly<Record<"dense" | "pruned" | "all", readonly StepResult[]>>;

function relativeDistance(found: readonly number[], expected: readonly number[]): number {
  const off = expected.reduce((sum, value, index) => sum + (value - (found[index] ?? Number.NaN)) ** 2, 0);
  return Math.sqrt(off / expected.reduce((sum, value) => sum + value ** 2, 0));
}

function meanDistance(found: readonly number[], expected: readonly number[]): number {
  const off = expected.reduce((sum, value, index) => sum + Math.abs(value - (found[index] ?? Number.NaN)), 0);
  return off / expected.length;
}
