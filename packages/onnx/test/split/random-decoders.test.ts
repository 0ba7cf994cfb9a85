import assert from "node:assert/strict";
import fc from "fast-check";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { VlaPrunerError } from "@vla-pruner/format";
import { splitDecoder } from "../../src/split.ts";
import type { SplitDecoder } from "../../src/split.ts";
import { EXTRAS, POSITIONS } from "../support/decoder-plan.ts";
import type { DecoderPlan } from "../support/decoder-plan.ts";
import { HEADS, HEAD_SIZE, HIDDEN } from "../support/graph-draft.ts";
import { noise } from "../support/noise.ts";
import { randomDecoder } from "../support/random-decoder.ts";

type Values = Record<string, Tensor>;
const ROWS = 7;
/** Rows that stay; the last one always does. */
const KEPT = [0, 2, 3, 6];
const ALL = Array.from({ length: ROWS }, (_, row) => row);

const plans: fc.Arbitrary<DecoderPlan> = fc.integer({ min: 2, max: 4 }).chain((layers) =>
  fc.record({
    layers: fc.constant(layers),
    positions: fc.constantFrom(...POSITIONS),
    table: fc.boolean(),
    causal: fc.boolean(),
    parallel: fc.boolean(),
    copies: fc.boolean(),
    streams: fc.constantFrom<1 | 2>(1, 1, 1, 2),
    extras: fc.array(
      fc.record({
        kind: fc.constantFrom(...EXTRAS),
        at: fc.integer({ min: 0, max: layers - 1 }),
        from: fc.integer({ min: -1, max: layers - 2 }),
      }),
      { maxLength: 2 },
    ),
    order: fc.integer({ min: 0, max: 1e6 }),
  }),
);

describe("splitDecoder, on decoders drawn at random", () => {
  const counts = { split: 0, refused: 0 };

  // What loads and answers otherwise is the one outcome that nobody would notice.
  it("gives two halves that are the stock decoder, and the pruned one on some rows, or refuses", async () => {
    await fc.assert(
      fc.asyncProperty(plans, fc.constantFrom("boundary" as const, "early" as const), async (plan, cut) => {
        const stock = await open(randomDecoder(plan));
        for (let layer = 1; layer < plan.layers; layer += 1) {
          const split = splitOrRefusal(randomDecoder(plan), layer, cut);
          if (split === null) continue;
          const halves = [await open(split.head.bytes), await open(split.tail.bytes)] as const;
          const twin = await open(randomDecoder(plan, layer));
          await assertSame(plan, split, halves, stock, ALL);
          await assertSame(plan, split, halves, twin, KEPT);
          for (const session of [...halves, twin]) await session.release();
        }
        await stock.release();
      }),
      { numRuns: 40 },
    );
    assert.ok(counts.split > 10 && counts.refused > 10, JSON.stringify(counts));
  });

  function splitOrRefusal(bytes: Uint8Array, layer: number, cut: "boundary" | "early"): SplitDecoder | null {
    try {
      const split = splitDecoder(bytes, { layer, cut, fileName: "decoder.onnx" });
      counts.split += 1;
      return split;
    } catch (error) {
      assert.ok(VlaPrunerError.is(error), String(error));
      counts.refused += 1;
      return null;
    }
  }
});

/** A prompt of which some rows go on, and one more row on its cache, in the two halves as in one decoder. */
async function assertSame(
  plan: DecoderPlan,
  split: SplitDecoder,
  [head, tail]: readonly [InferenceSession, InferenceSession],
  whole: InferenceSession,
  kept: readonly number[],
): Promise<void> {
  let [caches, ownCaches]: [Values, Values] = [emptyCaches(plan), emptyCaches(plan)];
  let [start, short] = [0, 0];
  for (const rows of [ALL, [0]]) {
    const going = rows.length > 1 ? kept : rows;
    const given = {
      inputs_embeds: new Tensor("float32", noise(`prompt ${start}`, rows.length * HIDDEN, 2), [
        1,
        rows.length,
        HIDDEN,
      ]),
      layer_bias: new Tensor("float32", noise("bias", HIDDEN), [1, 1, HIDDEN]),
      position_ids: whole64(
        rows.map((row) => start + row),
        [1, rows.length],
      ),
      tap_rows: whole64([0]),
      kept_rows: whole64(going),
    };
    const expected = await run(whole, { ...given, ...caches });
    const below = await run(head, { ...given, ...ownCaches });
    const above = await run(tail, {
      ...given,
      ...ownCaches,
      ...below,
      position_ids: whole64(
        going.map((row) => start + row),
        [1, going.length],
      ),
      position_shift: whole64(going.map((row, index) => start + row - (short + index))),
    });
    const found = { ...above, ...pick(below, (name) => name.startsWith("present.")) };
    for (const [name, tensor] of Object.entries(expected)) {
      assert.deepEqual(found[name]?.dims, tensor.dims, `${name}, cut at ${split.cut.node}`);
      assertClose(found[name], tensor, `${name} of ${going.length} rows, cut at ${split.cut.node}`);
    }
    [caches, ownCaches] = [pastOf(expected), pastOf(found)];
    [start, short] = [start + rows.length, short + going.length];
  }
}

function assertClose(found: Tensor | undefined, expected: Tensor, what: string): void {
  const own = found?.data as Float32Array;
  for (const [index, value] of (expected.data as Float32Array).entries())
    assert.ok(Math.abs(value - (own[index] ?? Number.NaN)) < 1e-4, `${what}: ${own[index]} for ${value}`);
}

function pastOf(outputs: Values): Values {
  const caches = pick(outputs, (name) => name.startsWith("present."));
  return Object.fromEntries(
    Object.entries(caches).map(([name, tensor]) => [name.replace("present", "past_key_values"), tensor]),
  );
}

function emptyCaches({ layers }: DecoderPlan): Values {
  const names = Array.from({ length: layers }, (_, layer) => [`${layer}.key`, `${layer}.value`]).flat();
  return Object.fromEntries(
    names.map((name) => [
      `past_key_values.${name}`,
      new Tensor("float32", new Float32Array(0), [1, HEADS, 0, HEAD_SIZE]),
    ]),
  );
}

function pick(values: Values, wanted: (name: string) => boolean): Values {
  return Object.fromEntries(Object.entries(values).filter(([name]) => wanted(name)));
}

function whole64(values: readonly number[], dims: readonly number[] = [values.length]): Tensor {
  return new Tensor("int64", BigInt64Array.from(values, BigInt), dims);
}

async function open(bytes: Uint8Array): Promise<InferenceSession> {
  return InferenceSession.create(bytes, { logSeverityLevel: 4, intraOpNumThreads: 1 });
}

async function run(session: InferenceSession, feeds: Values): Promise<Values> {
  const read = new Set(session.inputNames);
  return session.run(pick(feeds, (name) => read.has(name)));
}
