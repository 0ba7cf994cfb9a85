import assert from "node:assert/strict";
import type { TokenPruner } from "../../token-pruner.ts";
import { completed, EPISODE } from "./contexts.ts";
import type { PrunerCheck } from "./pruner-check.ts";

/** What a memory of a pruner's own must be; a pruner without one passes. */
export const memoryChecks: Readonly<Record<string, PrunerCheck>> = {
  async "a memory is not written into by select"(make) {
    const pruner = make({ retention: 0.5 });
    let memory = pruner.memory?.start();
    for (const call of EPISODE) {
      const before = saved(pruner, memory);
      pruner.select({ ...call, memory });
      assert.deepEqual(saved(pruner, memory), before, "select wrote into the memory");
      ({ memory } = completed(pruner, { ...call, memory }));
    }
  },

  async "a memory is replaced by observe, and the old one stays as it was"(make) {
    const pruner = make({ retention: 0.5 });
    let memory = pruner.memory?.start();
    for (const call of EPISODE) {
      const before = saved(pruner, memory);
      const next = completed(pruner, { ...call, memory });
      assert.deepEqual(saved(pruner, memory), before, "observe wrote into the old memory");
      if (pruner.memory !== undefined) assert.notEqual(next.memory, undefined, "observe gives no memory");
      ({ memory } = next);
    }
  },

  async "a memory survives save, JSON and restore: the same decisions follow"(make) {
    const pruner = make({ retention: 0.5 });
    let memory = pruner.memory?.start();
    for (const [index, call] of EPISODE.entries()) {
      ({ memory } = completed(pruner, { ...call, memory }));
      const plain = saved(pruner, memory);
      if (plain === undefined) continue;
      const copy: unknown = JSON.parse(JSON.stringify(plain));
      assert.deepEqual(copy, plain, "what is saved is not plain JSON");
      const restored = pruner.memory?.restore === undefined ? copy : pruner.memory.restore(copy);
      const rest = EPISODE.slice(index + 1);
      assert.deepEqual(kept(pruner, restored, rest), kept(pruner, memory, rest), "decisions differ");
    }
  },
};

/** A memory as it is saved, on its own. */
function saved({ memory: own }: TokenPruner, memory: unknown): unknown {
  return structuredClone(own?.save === undefined ? memory : own.save(memory));
}

/** What is kept in further calls. */
function kept(pruner: TokenPruner, start: unknown, calls: typeof EPISODE): Int32Array[] {
  let memory = start;
  return calls.map((call) => {
    const done = completed(pruner, { ...call, memory });
    ({ memory } = done);
    return done.keep;
  });
}
