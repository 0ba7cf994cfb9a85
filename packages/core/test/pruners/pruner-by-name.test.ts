import assert from "node:assert/strict";
import { hasCode, randomContext } from "@vla-pruner/core/testing";
import { PRUNERS, prunerByName } from "../../src/index.ts";

function randomChoice(seed: number): Int32Array {
  return prunerByName("random", { retention: 0.25, seed }).select(randomContext({ seed: 1, views: [64] }))
    .keep;
}

describe("prunerByName", () => {
  it("gives each pruner under its own name, with the options it knows", () => {
    for (const name of Object.keys(PRUNERS)) {
      const pruner = prunerByName(name, { retention: 0.25, window: 5, seed: 1 });
      assert.equal(pruner.name, name);
      assert.equal(pruner.temporal?.window, 5, "what a report compares must be recorded alike");
    }
    assert.notDeepEqual(randomChoice(1), randomChoice(2));
  });

  it("refuses options that the pruner does not read, or of another kind", () => {
    for (const [name, option] of [
      ["fastv", { semanticRows: "text" }],
      ["vla-pruner", { retenton: 0.25 }],
      ["vla-pruner", { warmup: "never" }],
    ] as const) {
      const options = { retention: 0.25, ...(option as object) };
      assert.throws(() => prunerByName(name, options), hasCode("invalid-option"), JSON.stringify(option));
    }
  });

  it("refuses other names, those of every object among them", () => {
    for (const name of ["", "VLA-Pruner", "toString", "__proto__"]) {
      assert.throws(() => prunerByName(name, { retention: 0.5 }), hasCode("invalid-option"), name);
    }
  });
});
