import assert from "node:assert/strict";
import { cast } from "../../src/blocks/shapes.ts";
import type { ElementType } from "../../src/graph/value-types.ts";
import { smallGraph } from "../support/small-graph.ts";

describe("cast", () => {
  it("is of the type that was asked for, down to 8 bits", () => {
    for (const type of ["int8", "uint8", "int32", "int64", "bool", "float16"] as const) {
      smallGraph((graph) => cast(graph, "x", "float32", type), type);
    }
  });

  it("refuses a type that nobody knows", () => {
    const wrong = "float64" as ElementType;
    assert.throws(() => smallGraph((graph) => cast(graph, "x", "float32", wrong)), { code: "graph-invalid" });
  });
});
