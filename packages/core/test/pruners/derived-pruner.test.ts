import assert from "node:assert/strict";
import { randomContext } from "@vla-pruner/core/testing";
import { makePruner, withCurrentAction } from "../../src/index.ts";
import type { NamedPruner, PruneContext, PruneDecision, PrunerMemory, TokenPruner } from "../../src/index.ts";

/** A pruner with a window of its own, written as a class. */
class Third implements TokenPruner {
  readonly #keep = Int32Array.of(3);
  readonly temporal = { window: 2, decay: 0.5 };
  readonly memory: PrunerMemory = { start: () => 0, observe: (memory) => memory };

  get name(): string {
    return "third";
  }

  get retention(): null {
    return null;
  }

  select(_context: PruneContext): PruneDecision {
    return { decision: "pruned", keep: this.#keep, reason: this.name };
  }
}

const named: NamedPruner = { make: () => new Third(), reads: [] };

describe("a pruner that is made from another", () => {
  for (const [how, derived] of Object.entries({
    "by its name": makePruner("third", named, { retention: 0.5 }),
    "with the current action": withCurrentAction(new Third()),
  })) {
    it(`${how} keeps what the other has, an instance of a class too`, () => {
      const { name, retention, memory, temporal } = derived;
      assert.deepEqual([name, retention, temporal], ["third", null, { window: 2, decay: 0.5 }]);
      assert.equal(memory?.start(), 0);
      assert.deepEqual([...derived.select(randomContext({ seed: 1 })).keep], [3]);
    });
  }

  it("by its name takes options of the memory over the other's own", () => {
    const { temporal } = makePruner("third", named, { retention: 0.5, window: 7 });
    assert.deepEqual(temporal, { window: 7, decay: 0.5 });
  });
});
