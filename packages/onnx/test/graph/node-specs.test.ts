import assert from "node:assert/strict";
import { ELEMENT_TYPES, typeNumber } from "../../src/graph/element-types.ts";
import type { ElementType } from "../../src/graph/value-types.ts";
import { verifyGraph } from "../../src/graph/verify-graph.ts";
import { loadGraph } from "../support/load-graph.ts";
import { assignments, entries, graphOf, inputTypes, portOf } from "../support/sample-graph.ts";
import type { Assigned, Entry } from "../support/sample-graph.ts";

function outputType({ op, spec }: Entry, assigned: Assigned): ElementType {
  if (op === "If" || op === "Loop") return "int64";
  const [output = "float32"] = Object.values(spec.outputs);
  if (typeof output === "object" && !("variadic" in output)) return "float32";
  const type = typeof output === "object" ? output.variadic : output;
  return assigned[type] ?? (type as ElementType);
}

describe("the table of operators", () => {
  for (const entry of entries()) {
    const { op, spec } = entry;

    it(`${op}: ONNX Runtime loads what is legal, with optional inputs and without`, async () => {
      for (const assigned of assignments(spec)) {
        const all = inputTypes(entry, assigned);
        const fewest = all.map((type, index) => (portOf(spec, index).optional ? null : type));
        for (const types of [all, fewest]) {
          // Without sizes, the standard wants to know into how many parts.
          const halves = op === "Split" && types === fewest;
          const attributes = halves ? { axis: { int: 0 }, num_outputs: { int: 1 } } : undefined;
          const graph = graphOf(entry, types, outputType(entry, assigned), attributes);
          verifyGraph(graph);
          await loadGraph(graph);
        }
      }
    });

    it(`${op}: an input of a wrong type is refused, and named`, () => {
      const [assigned = {}] = assignments(spec);
      const right = inputTypes(entry, assigned);
      for (const [index, type] of right.entries()) {
        const legal = assignments(spec).map((other) => inputTypes(entry, other)[index]);
        for (const wrong of ELEMENT_TYPES.filter((other) => other !== type && !legal.includes(other))) {
          const graph = graphOf(entry, right.with(index, wrong), outputType(entry, assigned));
          const place = `input ${index} \\(\\w+\\) of node node \\(${op}\\) in graph test.*found ${wrong}`;
          assert.throws(() => verifyGraph(graph), { code: "graph-invalid", message: new RegExp(place, "u") });
        }
      }
    });

    it(`${op}: inputs that must be of one type are refused where they are not`, () => {
      for (const assigned of assignments(spec)) {
        const right = inputTypes(entry, assigned);
        for (const [index, type] of right.entries()) {
          const before = right.findIndex((_, other) => portOf(spec, other).type === portOf(spec, index).type);
          const other = assignments(spec).find((changed) => inputTypes(entry, changed)[index] !== type);
          if (before === index || other === undefined) continue;
          const changed = right.with(index, inputTypes(entry, other)[index] ?? type);
          const message = new RegExp(`input ${index} .*of type ${type} as input ${before} `, "u");
          assert.throws(() => verifyGraph(graphOf(entry, changed, outputType(entry, assigned))), { message });
        }
      }
    });
  }

  it("Cast makes every type, by ONNX's number", async () => {
    const entry = entries().find(({ op }) => op === "Cast");
    assert.ok(entry);
    for (const to of ELEMENT_TYPES) {
      const graph = graphOf(entry, ["float32"], to, { to: { int: typeNumber(to) } });
      verifyGraph(graph);
      await loadGraph(graph);
    }
  });
});
