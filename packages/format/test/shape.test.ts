import assert from "node:assert/strict";
import fc from "fast-check";
import { checkPluginBlock, DECODER_SHAPE, VlaPrunerError } from "../src/index.ts";
import {
  isCount,
  isFlag,
  isNumber,
  isObject,
  isText,
  isWhole,
  listOf,
  misfitOf,
  objectOf,
  oneOf,
  optional,
  shaped,
} from "../src/index.ts";
import type { Test, VlaBlock } from "../src/index.ts";

/** Values that each test passes, and some that it does not. */
const TESTS: Readonly<Record<string, readonly [Test, readonly unknown[], readonly unknown[]]>> = {
  isText: [isText, ["", "x"], [1, null, undefined, []]],
  isFlag: [isFlag, [true, false], [0, "true", null]],
  isNumber: [isNumber, [0, -1.5], [Number.NaN, Number.POSITIVE_INFINITY, "1", null]],
  isCount: [isCount, [1, 7], [0, -1, 1.5, 2 ** 53, "1", null]],
  isWhole: [isWhole, [0, 7], [-1, 0.5, Number.NaN, 2 ** 53]],
  isObject: [isObject, [{}, { x: 1 }], [[], null, "x", undefined]],
  oneOf: [oneOf("a", 2), ["a", 2], ["2", "b", undefined]],
  optional: [optional(isText), [undefined, "x"], [null, 1]],
  listOf: [
    listOf(isCount, 2),
    [
      [1, 2],
      [1, 2, 3],
    ],
    [[1], [1, 0], "12", { length: 2 }, null],
  ],
  objectOf: [objectOf(isCount), [{}, { x: 1 }], [{ x: 0 }, [], null]],
  shaped: [shaped({ x: isCount }), [{ x: 1 }, { x: 1, y: 2 }], [{}, { x: 0 }, null]],
};

const BLOCK = {
  format: 1,
  architecture: "fake",
  dtype: "fp32",
  prune_layer: 2,
  action_layers: [3],
  tapped_layers: [2, 3],
  views: 1,
  vision_tokens_per_view: 16,
  norm_stats: {},
  sessions: {},
  decoder: { layers: 4, hidden: 8, intermediate: 16, vocabulary: 32, positions: 64, float_type: "float32" },
} satisfies VlaBlock;

const refusal = (key: string) => (error: unknown) =>
  VlaPrunerError.is(error, "model-invalid") && error.expected.includes(`vla.${key}`);

function check(change: Readonly<Record<string, unknown>>): unknown {
  return checkPluginBlock(
    { ...BLOCK, ...change },
    {
      decoder: DECODER_SHAPE,
      own: optional(isText),
    },
  );
}

describe("shapes", () => {
  for (const [name, [test, fitting, unfitting]] of Object.entries(TESTS)) {
    it(`${name} passes what it says, and nothing else`, () => {
      for (const value of fitting) assert.equal(test(value), true, JSON.stringify(value));
      for (const value of unfitting) assert.equal(test(value), false, JSON.stringify(value));
    });
  }

  it("misfitOf gives the way to the first misfit, through objects", () => {
    const shape = { a: { b: isCount, c: { d: isText } }, e: isFlag };
    assert.equal(misfitOf({ a: { b: 1, c: { d: "x" } }, e: true, more: 1 }, shape), null);
    assert.deepEqual(misfitOf({ a: { b: 1, c: { d: 5 } }, e: true }, shape), { path: "a.c.d", value: 5 });
    assert.deepEqual(misfitOf({ a: { b: 1, c: [] }, e: true }, shape), { path: "a.c", value: [] });
    assert.deepEqual(misfitOf({ e: true }, shape), { path: "a", value: undefined });
    assert.deepEqual(misfitOf(null, shape), { path: "", value: null });
  });

  it("misfitOf never throws, whatever it is given", () => {
    const shape = { a: { b: listOf(shaped({ c: isCount })) }, d: objectOf(optional(isText)), e: oneOf(1) };
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true }), fc.anything(), (value, part) => {
        misfitOf(value, shape);
        misfitOf({ a: part, d: value, e: 1 }, shape);
        misfitOf({ a: { b: part }, d: part, e: value }, shape);
      }),
    );
  });
});

describe("checkPluginBlock", () => {
  it("gives the block back, with or without a decoder", () => {
    assert.equal(checkPluginBlock(BLOCK, { decoder: DECODER_SHAPE }), BLOCK);
    const { decoder: _decoder, ...bare } = BLOCK;
    assert.equal(checkPluginBlock(bare, {}), bare);
  });

  it("names what is damaged, and cuts and taps that lie outside the decoder", () => {
    assert.throws(() => check({ decoder: null }), refusal("decoder"));
    for (const key of Object.keys(DECODER_SHAPE))
      assert.throws(() => check({ decoder: { ...BLOCK.decoder, [key]: -1 } }), refusal(`decoder.${key}`));
    assert.throws(() => check({ own: 1 }), refusal("own"));
    assert.throws(() => check({ prune_layer: 4 }), refusal("prune_layer"));
    assert.throws(() => check({ tapped_layers: [2, 4] }), refusal("tapped_layers"));
    assert.throws(() => check({ action_layers: [9] }), refusal("action_layers"));
  });

  it("refuses any other decoder with an error of ours", () => {
    fc.assert(
      fc.property(fc.anything(), fc.constantFrom(...Object.keys(BLOCK.decoder)), (junk, key) => {
        for (const decoder of [junk, { ...BLOCK.decoder, [key]: junk }]) {
          try {
            check({ decoder });
          } catch (error) {
            assert.ok(VlaPrunerError.is(error, "model-invalid"), String(error));
          }
        }
      }),
    );
  });
});
