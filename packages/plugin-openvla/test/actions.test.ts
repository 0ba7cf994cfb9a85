import assert from "node:assert/strict";
import { hasCode } from "@vla-pruner/core/testing";
import * as fc from "fast-check";
import { actionBounds, decodeActions } from "../src/actions.ts";
import { assertClose } from "../../core/test/support/close-to.ts";
import { readGolden } from "./support/golden.ts";

interface ActionGolden {
  readonly statistics: Readonly<Record<string, unknown>>;
  readonly rows: readonly { readonly tokens: readonly number[]; readonly action: readonly number[] }[];
}

const OPENVLA = { bins: 256, vocabulary: 32_000 };
const BOUNDS = { q01: [-1, 0], q99: [1, 4] };

describe("openvla actions", () => {
  it("are those of the official code, at every edge of the bins", () => {
    const { statistics, rows } = readGolden("detokenize") as ActionGolden;
    const bounds = actionBounds({ bridge: { action: statistics } }, "bridge");
    assert.ok(bounds.mask.includes(false), "the golden has a dimension that is not un-normalised");
    for (const { tokens, action } of rows) {
      assertClose(decodeActions(tokens, OPENVLA, bounds), action, 1e-12, tokens.join());
    }
  });

  it("stay within the bounds, whatever the token", () => {
    const bounds = actionBounds({ one: { action: BOUNDS } }, undefined);
    fc.assert(
      fc.property(fc.nat(40_000), fc.nat(40_000), (first, second) => {
        const [x = Number.NaN, y = Number.NaN] = decodeActions([first, second], OPENVLA, bounds);
        assert.ok(x >= -1 && x <= 1 && y >= 0 && y <= 4, `${x}, ${y}`);
      }),
    );
  });

  it("are all un-normalised where the statistics have no mask", () => {
    assert.deepEqual(actionBounds({ one: { action: BOUNDS } }, undefined).mask, [true, true]);
  });
});

describe("openvla statistics", () => {
  const other = { action: { q01: [5], q99: [6] } };

  it("are the only ones there are, or those of the key", () => {
    assert.deepEqual(actionBounds({ only: other }, undefined).low, [5]);
    assert.deepEqual(actionBounds({ one: { action: BOUNDS }, two: other }, "two").low, [5]);
  });

  it("need a key where there are several", () => {
    assert.throws(() => actionBounds({ one: other, two: other }, undefined), hasCode("unnorm-key"));
  });

  it("refuse a key that is not there, and name those that are", () => {
    for (const key of ["three", "toString", "__proto__", ""]) {
      assert.throws(() => actionBounds({ one: other, two: other }, key), /one, two/u, key);
      assert.throws(() => actionBounds({ one: other, two: other }, key), hasCode("unnorm-key"), key);
    }
  });

  it("are missed where the model has none", () => {
    assert.throws(() => actionBounds({}, undefined), hasCode("unnorm-key"));
    assert.throws(() => actionBounds({}, "one"), hasCode("unnorm-key"));
  });

  const malformed: readonly [string, Readonly<Record<string, unknown>>][] = [
    ["no bounds", {}],
    ["unequal lengths", { q01: [0, 0], q99: [1] }],
    ["no dimension", { q01: [], q99: [] }],
    ["text", { q01: ["0"], q99: ["1"] }],
    ["a gap", { q01: [null], q99: [1] }],
    ["infinity", { q01: [0], q99: [Number.POSITIVE_INFINITY] }],
    ["a mask of another length", { q01: [0, 0], q99: [1, 1], mask: [true] }],
  ];
  for (const [what, action] of malformed) {
    it(`are refused with ${what}`, () => {
      assert.throws(() => actionBounds({ one: { action } }, "one"), hasCode("config-invalid"));
    });
  }
});
