import assert from "node:assert/strict";
import { linear } from "../../src/blocks/linear.ts";
import { embedding } from "../../src/blocks/embedding.ts";
import { packedAttention } from "../../src/blocks/packed-attention.ts";
import { GraphBuilder } from "../../src/graph/graph-builder.ts";
import type { FloatType } from "../../src/graph/value-types.ts";
import { quantizeGraph } from "../../src/quantize/quantize-graph.ts";
import type { WeightFormat } from "../../src/weights/weight-plan.ts";
import { MapSource } from "../support/map-source.ts";
import { noise, noiseWeights } from "../support/noise.ts";
import * as reference from "../support/reference.ts";
import { runGraph } from "../support/run-graph.ts";
import type { Feed, Result } from "../support/run-graph.ts";

const WIDTH = 80; // Two and a half blocks of 32, less than one of 128.
const weights = noiseWeights({ a: [48, WIDTH], b: [16, WIDTH], c: [24, 64] });

/** Formats, with what their products may be off by, as a share of the product's own size. */
const FORMATS: readonly (readonly [string, FloatType, WeightFormat, number])[] = [
  ["q8", "float32", { kind: "int8" }, 0.015],
  ["q4", "float32", { kind: "int4", block: 32 }, 0.12],
  ["q4, blocks of 128", "float32", { kind: "int4", block: 128 }, 0.15],
  ["q4f16", "float16", { kind: "int4", block: 32 }, 0.12],
];

function relative(found: Result | undefined, wanted: readonly number[]): number {
  const off = wanted.reduce(
    (sum, value, index) => sum + (value - (found?.values[index] ?? Number.NaN)) ** 2,
    0,
  );
  return Math.sqrt(off / wanted.reduce((sum, value) => sum + value ** 2, 0));
}

function run(
  floatType: FloatType,
  format: WeightFormat,
  feeds: Readonly<Record<string, Feed>>,
  build: (graph: GraphBuilder) => void,
  source: MapSource = weights,
): Promise<Record<string, Result>> {
  return runGraph({
    floatType,
    weights: source,
    feeds,
    build,
    change: (graph) => quantizeGraph(graph, format),
  });
}

describe("quantizeGraph", () => {
  for (const [name, floatType, format, tolerance] of FORMATS) {
    const x = noise("x", 2 * 3 * WIDTH);
    const feeds = { x: { type: "float", dims: [2, 3, WIDTH], values: x } } as const;

    it(`products by fused and by single matrices stay close, one after the other (${name})`, async () => {
      const { first, second } = await run(floatType, format, feeds, (graph) => {
        const ab = linear(graph, "x", { weights: ["a", "b"], input: WIDTH, outputs: [48, 16] });
        graph.output(ab, "first", floatType, []);
        graph.output(
          linear(graph, ab, { weights: ["c"], input: 64, outputs: [24] }),
          "second",
          floatType,
          [],
        );
      });
      const rows = ["a", "b"].flatMap((tensor) => reference.rowsOf(weights.values(tensor), WIDTH));
      const once = reference.linear(reference.rowsOf(x, WIDTH), rows);
      assert.deepEqual(first?.dims, [2, 3, 64]);
      assert.ok(relative(first, once.flat()) < tolerance, String(relative(first, once.flat())));
      const twice = reference.linear(once, reference.rowsOf(weights.values("c"), 64));
      assert.ok(relative(second, twice.flat()) < 2 * tolerance);
    });

    it(`attention with its projections inside is opened, and stays close (${name})`, async () => {
      const sizes = { hidden: WIDTH, heads: 2, keyValueHeads: 2, headSize: 8 };
      const source = noiseWeights({ "a.weight": [48, WIDTH], "a.bias": [48] });
      const build = (graph: GraphBuilder): void =>
        graph.output(packedAttention(graph, "x", ["a"], sizes), "y", floatType, []);
      const { y } = await run(floatType, format, feeds, build, source);
      const exact = await runGraph({ floatType, weights: source, feeds, build });
      const off = relative(y, exact.y?.values ?? []);
      assert.ok(off > 0 && off < 2 * tolerance, String(off));
    });

    it(`rows of zeros give zeros, and a row far out costs the others nothing (${name})`, async () => {
      const rows = Float32Array.from({ length: 3 * WIDTH }, (_, index) => {
        const row = Math.floor(index / WIDTH);
        return row === 0 ? 0 : (x[index] ?? 0) * (row === 1 ? 1000 : 1);
      });
      const { y } = await run(
        floatType,
        format,
        { x: { type: "float", dims: [1, 3, WIDTH], values: rows } },
        (graph) =>
          graph.output(
            linear(graph, "x", { weights: ["a"], input: WIDTH, outputs: [48] }),
            "y",
            floatType,
            [],
          ),
      );
      assert.ok(y?.values.slice(0, 48).every((value) => value === 0));
      const wanted = reference.linear(
        [Array.from(rows.slice(2 * WIDTH))],
        reference.rowsOf(weights.values("a"), WIDTH),
      );
      const last = { dims: [], values: y?.values.slice(96) ?? [] };
      assert.ok(relative(last, wanted.flat()) < tolerance, String(relative(last, wanted.flat())));
    });
  }

  it("q8 sums of large products do not overflow", async () => {
    // All at the end of the scale and of one sign: where sums of two products are kept in 16 bits, they clip.
    const ones = new MapSource({ a: { dims: [8, 64], values: new Float32Array(512).fill(1) } });
    const feeds = { x: { type: "float", dims: [1, 64], values: new Float32Array(64).fill(1) } } as const;
    const { y } = await run(
      "float32",
      { kind: "int8" },
      feeds,
      (graph) =>
        graph.output(linear(graph, "x", { weights: ["a"], input: 64, outputs: [8] }), "y", "float32", []),
      ones,
    );
    assert.ok(
      y?.values.every((value) => Math.abs(value - 64) < 1e-3),
      String(y?.values),
    );
  });

  for (const [name, floatType, format] of FORMATS) {
    it(`a value that is none stays none (${name})`, async () => {
      const values = Float32Array.from(noise("x", WIDTH)).fill(Number.NaN, 3, 4);
      const { y } = await run(
        floatType,
        format,
        { x: { type: "float", dims: [1, WIDTH], values } },
        (graph) =>
          graph.output(
            linear(graph, "x", { weights: ["a"], input: WIDTH, outputs: [48] }),
            "y",
            floatType,
            [],
          ),
      );
      assert.ok(y?.values.every(Number.isNaN), String(y?.values));
    });
  }

  it("leaves words, exact and narrow matrices as they are, and a matrix that is read otherwise, too", () => {
    const source = noiseWeights({ words: [50, 64], exact: [8, 64], narrow: [8, 31], wide: [8, 64] });
    const graph = new GraphBuilder("test", source, "float32");
    const ids = graph.input("ids", "int64", [1, 2]);
    const x = graph.input("x", "float32", [1, 2, 31]);
    const rows = embedding(graph, ids, "words", 50, 64);
    const wide = { weights: ["wide"], input: 64, outputs: [8] };
    const outputs = [
      linear(graph, rows, { weights: ["exact"], input: 64, outputs: [8], exact: true }),
      linear(graph, x, { weights: ["narrow"], input: 31, outputs: [8] }),
      linear(graph, rows, wide),
      graph.node("Transpose", ["wide.transposed"]),
    ];
    for (const [index, value] of outputs.entries()) graph.output(value, `y${index}`, "float32", []);
    const { weights: planned } = quantizeGraph(graph.build(), { kind: "int8" });
    const kinds = planned.map(({ name, plan }) => `${name} ${plan.kind}`);
    assert.deepEqual(kinds, [
      "words copied",
      "exact.transposed transposed",
      "narrow.transposed transposed",
      "wide.transposed transposed",
      "wide.transposed.int8 quantized",
      "wide.transposed.int8.scales scales",
    ]);
  });

  it("reaches into branches, and quantises rows that both sides read in each", async () => {
    const feeds = {
      x: { type: "float", dims: [1, WIDTH], values: noise("x", WIDTH) },
      taken: { type: "bool", dims: [1], values: [1] },
    } as const;
    const product = (graph: GraphBuilder, name: string): string =>
      linear(graph, "x", { weights: [name], input: WIDTH, outputs: [name === "a" ? 48 : 16] });
    const { y } = await run("float32", { kind: "int8" }, feeds, (graph) =>
      graph.output(
        graph.branch(
          "taken",
          "float32",
          [1, "n"],
          () => product(graph, "a"),
          () => product(graph, "b"),
        ),
        "y",
        "float32",
        [],
      ),
    );
    const wanted = reference.linear([[...noise("x", WIDTH)]], reference.rowsOf(weights.values("a"), WIDTH));
    assert.ok(relative(y, wanted.flat()) < 0.015);
  });
});
