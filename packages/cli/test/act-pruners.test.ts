import assert from "node:assert/strict";
import { PRUNERS } from "@vla-pruner/core";
import { act } from "./support/act.ts";
import type { StepLine } from "./support/act.ts";

const WARM_UP = ["warm-up", 16];
const COMBINED = ["combined", 4];
const FORECASTING = ["vla-pruner", "recommended"];

/** All of a step that pruning could change. */
function outcome({ action, tokens, kept, actionAttention }: StepLine): unknown {
  return { action, tokens, kept, actionAttention };
}

async function outcomes(...options: readonly string[]): Promise<unknown[]> {
  return (await act(...options)).map(outcome);
}

async function decisions(...options: readonly string[]): Promise<unknown[]> {
  return (await act(...options)).map(({ reason, kept }) => [reason, kept[0]?.length]);
}

describe("act --pruner", () => {
  for (const pruner of Object.keys(PRUNERS).filter((name) => !FORECASTING.includes(name))) {
    it(`${pruner} keeps its share and says so`, async () => {
      const each = [pruner, pruner === "keep-all" ? 16 : 4];
      assert.deepEqual(await decisions("--pruner", pruner), [each, each, each, each, each]);
    });
  }

  for (const pruner of FORECASTING) {
    it(`${pruner} keeps everything while the window fills`, async () => {
      const expected = [WARM_UP, WARM_UP, WARM_UP, COMBINED, COMBINED];
      assert.deepEqual(await decisions("--pruner", pruner), expected);
    });
  }

  it("recommended is the default, and the paper's setting while a quarter is kept", async () => {
    for (const [retention, compare] of [
      ["0.25", assert.deepEqual],
      ["0.125", assert.notDeepEqual],
    ] as const) {
      const given = await outcomes("--retention", retention);
      assert.deepEqual(given, await outcomes("--pruner", "recommended", "--retention", retention));
      compare(given, await outcomes("--pruner", "vla-pruner", "--retention", retention), retention);
    }
  });

  it("--warmup semantic prunes from the first step on", async () => {
    const semantic = ["warm-up-semantic", 4];
    assert.deepEqual(await decisions("--warmup", "semantic"), [
      semantic,
      semantic,
      semantic,
      COMBINED,
      COMBINED,
    ]);
  });

  it("--window 1 prunes after one call", async () => {
    assert.deepEqual(await decisions("--window", "1"), [WARM_UP, COMBINED, COMBINED, COMBINED, COMBINED]);
  });

  it("--retention sets the number of tokens", async () => {
    assert.deepEqual((await decisions("--retention", "0.5")).at(-1), ["combined", 8]);
  });

  it("--retention 1 gives what keep-all gives", async () => {
    const full = await act("--retention", "1");
    assert.deepEqual(full.map(outcome), (await act("--pruner", "keep-all")).map(outcome));
  });
});
