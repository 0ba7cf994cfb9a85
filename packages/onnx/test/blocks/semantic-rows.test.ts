import assert from "node:assert/strict";
import { SEMANTIC_ROWS } from "@vla-pruner/format";
import { semanticRows } from "../../src/blocks/semantic-rows.ts";
import type { FloatType } from "../../src/graph/value-types.ts";
import { assertClose, FLOAT_TYPES } from "../support/assert-close.ts";
import { noise } from "../support/noise.ts";
import { average, columnMeans, linear, rowsOf, softmax } from "../support/reference.ts";
import type { Matrix } from "../support/reference.ts";
import { runValue, vectorFeed } from "../support/run-graph.ts";
import type { Result } from "../support/run-graph.ts";

const [SEQUENCE, VISION, HIDDEN] = [9, 4, 6];
const map = rowsOf(
  noise("map", SEQUENCE * VISION).map((value) => (value + 1) / 2),
  VISION,
);
const embeddings = rowsOf(noise("embeddings", SEQUENCE * HIDDEN, 2), HIDDEN);
// After one row of BOS come the visual tokens, then text, then one row that is neither.
const vision = embeddings.slice(1, 1 + VISION);

interface Ranges {
  readonly prefill: readonly [number, number];
  readonly text: readonly [number, number];
}

async function run(
  { prefill, text }: Ranges,
  floatType: FloatType = "float32",
  tokens: Matrix = embeddings,
  attention: Matrix = map,
): Promise<Result> {
  return runValue(
    {
      floatType,
      feeds: {
        map: { type: "float32", dims: [attention.length, VISION], values: attention.flat() },
        embeddings: { type: "float", dims: [1, tokens.length, HIDDEN], values: tokens.flat() },
        vision: { type: "float", dims: [1, VISION, HIDDEN], values: vision.flat() },
        prefillStart: vectorFeed("int64", prefill[0]),
        prefillEnd: vectorFeed("int64", prefill[1]),
        textStart: vectorFeed("int64", text[0]),
        textEnd: vectorFeed("int64", text[1]),
      },
      build: (graph) =>
        semanticRows(graph, "map", "embeddings", "vision", {
          prefill: { start: "prefillStart", end: "prefillEnd" },
          text: { start: "textStart", end: "textEnd" },
        }),
    },
    "float32",
  );
}

/** Text rows whose mean softmax similarity to the picture is at least the mean (SparseVLM). */
function raters(text: Matrix): number[] {
  const relevance = columnMeans(linear(vision, text).map(softmax));
  return [...relevance.keys()].filter((row) => (relevance[row] ?? 0) >= average(relevance));
}

describe("semanticRows", () => {
  it("names its rows in the order of the output", () => {
    assert.deepEqual(SEMANTIC_ROWS, ["prefill", "last", "text", "raters"]);
  });

  for (const floatType of FLOAT_TYPES) {
    it(`means over the prefill's rows, its last row, the text's rows, the raters' rows (${floatType})`, async () => {
      const chosen = raters(embeddings.slice(5, 8));
      assert.ok(chosen.length > 0 && chosen.length < 3, "the numbers must tell raters from all text");
      const expected = [
        columnMeans(map.slice(0, 8)),
        map[7] ?? [],
        columnMeans(map.slice(5, 8)),
        columnMeans(chosen.map((row) => map[5 + row] ?? [])),
      ];
      assertClose(await run({ prefill: [0, 8], text: [5, 8] }, floatType), [4, VISION], expected, floatType);
    });
  }

  it("a single text row rates alone", async () => {
    const { values } = await run({ prefill: [0, SEQUENCE], text: [6, 7] });
    assertClose(
      { dims: [2, VISION], values: values.slice(2 * VISION) },
      [2, VISION],
      [...(map[6] ?? []), ...(map[6] ?? [])],
    );
  });

  // 14 means of a fourteenth, and some other numbers, come out above each of them in float32.
  it("text rows that are all alike rate alike: rounding must not leave none", async () => {
    for (const size of [11, 13, 14, 15]) {
      const same = Array.from({ length: size }, () => embeddings[0] ?? []);
      const attention = rowsOf(noise("alike", size * VISION), VISION);
      const { values } = await run({ prefill: [0, size], text: [0, size] }, "float32", same, attention);
      assertClose({ dims: [VISION], values: values.slice(3 * VISION) }, [VISION], columnMeans(attention));
    }
  });

  it("without text, the prefill's rows are right and nothing fails", async () => {
    const { dims, values } = await run({ prefill: [0, SEQUENCE], text: [5, 5] });
    assert.deepEqual(dims, [4, VISION]);
    const expected = [columnMeans(map), map.at(-1) ?? []];
    assertClose({ dims: [2, VISION], values: values.slice(0, 2 * VISION) }, [2, VISION], expected);
  });
});
