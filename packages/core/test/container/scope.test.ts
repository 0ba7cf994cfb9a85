import assert from "node:assert/strict";
import { Scope, token } from "../../src/container/scope.ts";
import type { Token } from "../../src/container/scope.ts";

interface Part {
  readonly made: number;
  readonly inner?: Part;
}

const ENGINE: Token<Part> = token("test.engine");
const MEMORY: Token<Part> = token("test.memory");
const USER: Token<Part> = token("test.user");

/** A factory that numbers what it makes. */
function counter(inner?: (scope: Scope) => Part): { make: (scope: Scope) => Part; made: () => number } {
  let made = 0;
  return {
    make: (scope) => ({ made: (made += 1), ...(inner && { inner: inner(scope) }) }),
    made: () => made,
  };
}

describe("scope", () => {
  it("makes a shared service once for all its children, on first use", () => {
    const { make, made } = counter();
    const root = Scope.root().shared(ENGINE, make);
    assert.equal(made(), 0);
    const [a, b] = [root.child(), root.child().child()];
    assert.equal(a.get(ENGINE), b.get(ENGINE));
    assert.equal(root.get(ENGINE), a.get(ENGINE));
    assert.equal(made(), 1);
  });

  it("makes a per-scope service once for each scope that asks", () => {
    const root = Scope.root().perScope(MEMORY, counter().make);
    const [a, b] = [root.child(), root.child()];
    assert.equal(a.get(MEMORY), a.get(MEMORY));
    assert.equal(new Set([root, a, b].map((scope) => scope.get(MEMORY))).size, 3);
  });

  it("never lets a shared service capture the scope that happened to ask first", () => {
    const root = Scope.root().perScope(MEMORY, counter().make);
    root.shared(USER, counter((scope) => scope.get(MEMORY)).make);
    const asking = root.child();
    const captured = asking.get(USER).inner;
    assert.notEqual(captured, asking.get(MEMORY));
    assert.equal(captured, root.get(MEMORY));
  });

  it("makes a per-scope service from the asking scope's own parts", () => {
    const root = Scope.root().perScope(MEMORY, counter().make);
    root.perScope(USER, counter((scope) => scope.get(MEMORY)).make);
    const asking = root.child();
    assert.equal(asking.get(USER).inner, asking.get(MEMORY));
  });

  it("lets a child replace one part for itself alone", () => {
    const root = Scope.root().shared(ENGINE, () => ({ made: 1 }));
    const child = root.child().shared(ENGINE, () => ({ made: 2 }));
    assert.deepEqual(
      [root.get(ENGINE).made, child.get(ENGINE).made, root.child().get(ENGINE).made],
      [1, 2, 1],
    );
  });

  it("keeps two roots apart", () => {
    const [a, b] = [Scope.root(), Scope.root()].map((root) => root.shared(ENGINE, counter().make));
    assert.notEqual(a?.get(ENGINE), b?.get(ENGINE));
  });

  it("closes the newest first, one after another, and once", async () => {
    const log: string[] = [];
    const root = Scope.root();
    for (const name of ["old", "middle", "new"]) {
      root.onDispose(async () => {
        log.push(`${name} begins`);
        await Promise.resolve();
        log.push(`${name} ends`);
      });
    }
    await root.dispose();
    await root.dispose();
    assert.deepEqual(log, [
      "new begins",
      "new ends",
      "middle begins",
      "middle ends",
      "old begins",
      "old ends",
    ]);
  });

  it("closes with a scope what its per-scope services asked to be closed", async () => {
    const log: string[] = [];
    const root = Scope.root().perScope(MEMORY, (scope) => {
      scope.onDispose(() => void log.push("memory"));
      return { made: 1 };
    });
    const child = root.child();
    child.get(MEMORY);
    await child.dispose();
    assert.deepEqual(log, ["memory"]);
  });
});
