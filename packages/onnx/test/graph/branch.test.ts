import assert from "node:assert/strict";
import { linear } from "../../src/blocks/linear.ts";
import { assertClose } from "../support/assert-close.ts";
import { noiseWeights } from "../support/noise.ts";
import { linear as referenceLinear, rowsOf } from "../support/reference.ts";
import { runGraph } from "../support/run-graph.ts";
import type { Result } from "../support/run-graph.ts";

const weights = noiseWeights({ matrix: [3, 2] });
const rows = [
  [1, 2],
  [3, 4],
];

/** `taken ? 2x · Wᵀ : words[place]`, where the product 2x is made outside the branch. */
async function run(taken: boolean, place: number): Promise<Result | undefined> {
  const { result } = await runGraph({
    weights,
    feeds: {
      x: { type: "float32", dims: [2, 2], values: rows.flat() },
      words: { type: "float32", dims: [2, 2, 3], values: Array.from({ length: 12 }, () => 7) },
      place: { type: "int64", dims: [], values: [place] },
      taken: { type: "bool", dims: [1], values: [taken ? 1 : 0] },
    },
    build: (graph) => {
      const doubled = graph.node("Add", ["x", "x"]);
      const chosen = graph.branch(
        "taken",
        "float32",
        [2, 3],
        () => linear(graph, doubled, { weights: ["matrix"], input: 2, outputs: [3] }),
        () => graph.node("Gather", ["words", "place"], { attributes: { axis: { int: 0 } } }),
      );
      graph.output(chosen, "result", "float32", [2, 3]);
    },
  });
  return result;
}

function fail(): never {
  throw new Error("no such tensor");
}

describe("GraphBuilder.branch", () => {
  it("takes the side of the condition, with values and weights of the graph around it", async () => {
    const doubled = rows.map((row) => row.map((value) => 2 * value));
    assertClose(await run(true, 0), [2, 3], referenceLinear(doubled, rowsOf(weights.values("matrix"), 2)));
    assertClose(await run(false, 1), [2, 3], [7, 7, 7, 7, 7, 7]);
  });

  it("does not run the other side: what would fail there does not", async () => {
    await assert.rejects(run(false, 99));
    await run(true, 99);
  });

  it("building fails inside a side: later nodes still land in the graph", async () => {
    const { y } = await runGraph({
      feeds: {
        x: { type: "float32", dims: [1], values: [-3] },
        taken: { type: "bool", dims: [1], values: [1] },
      },
      build: (graph) => {
        assert.throws(() => graph.branch("taken", "float32", [1], fail, fail), /no such tensor/);
        graph.output(graph.node("Mul", ["x", "x"]), "y", "float32", [1]);
      },
    });
    assertClose(y, [1], [9]);
  });
});
