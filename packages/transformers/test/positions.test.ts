import assert from "node:assert/strict";
import { fastv } from "@vla-pruner/core";
import { withPruning } from "../src/index.ts";
import { LAYOUTS, Models } from "./support/fixtures.ts";
import { loadModel, promptOf, tokensAfter } from "./support/generate.ts";

/** Feeds of the upper half with the kept rows numbered anew. */
function closedUp(feeds: Record<string, { dims: readonly number[]; data: BigInt64Array }>): void {
  const { position_ids: positions, position_shift: shift } = feeds;
  if (shift !== undefined) shift.data.fill(0n);
  if (positions === undefined || positions.data.length === 1) return;
  const rows = positions.dims.at(-1) ?? 0;
  const first = positions.data[0] ?? 0n;
  positions.data.forEach((_, index) => (positions.data[index] = first + BigInt(index % rows)));
}

interface Runtime {
  create(
    ...given: unknown[]
  ): Promise<{ inputNames: readonly string[]; run: (feeds: never) => Promise<unknown> }>;
}

describe("positions of kept rows", () => {
  const models = new Models();
  after(() => models.remove());

  // The control: a mistake that no error tells must show in the tokens, or the parity tests would not see it either.
  for (const layout of LAYOUTS)
    it(`make other tokens where they are closed up: ${layout}`, async () => {
      const fixture = models.unpack(layout);
      const model = await loadModel(fixture);
      const runtime = model.sessions["decoder_model_merged"]?.constructor as unknown as Runtime;
      const create = runtime.create.bind(runtime);
      let broken = false;
      runtime.create = async (...given) => {
        const session = await create(...given);
        const run = session.run.bind(session);
        if (session.inputNames.includes("kept_rows"))
          session.run = (feeds: never) => {
            if (broken) closedUp(feeds);
            return run(feeds);
          };
        return session;
      };
      const options = { model: fixture.folder, layer: 2, pruner: fastv({ retention: 0.25 }) };
      const pruned = await withPruning(model, options).finally(() => (runtime.create = create));
      const differ: number[] = [];
      for (let seed = 1; differ.length === 0 && seed <= 8; seed += 1) {
        broken = false;
        const right = await tokensAfter(pruned, promptOf(layout, seed), 16);
        broken = true;
        const wrong = await tokensAfter(pruned, promptOf(layout, seed), 16);
        if (String(right) !== String(wrong)) differ.push(seed);
      }
      await model.dispose();
      assert.ok(differ.length > 0, "all tokens are the same");
    });
});
