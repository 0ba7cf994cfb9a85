import assert from "node:assert/strict";
import { SyntheticSource } from "@vla-pruner/onnx/convert";
import type { PlannedGraph, Value } from "@vla-pruner/onnx/graph";
import { openvlaRecipe } from "../../src/convert.ts";
import { fixtureNamed } from "../support/fixtures.ts";

type Node = PlannedGraph["nodes"][number];

/** ONNX's number of the type. */
const INT64 = 7;

/** Nodes of a graph, and of all graphs inside of it. */
function allNodes(nodes: readonly Node[]): readonly Node[] {
  return nodes.flatMap((node) => [node, ...insides(node).flatMap((inside) => allNodes(inside.nodes))]);
}

function insides({ attributes }: Node): { nodes: readonly Node[]; outputs: readonly { name: Value }[] }[] {
  return Object.values(attributes).flatMap((value) => ("graph" in value ? [value.graph] : []));
}

const FORMS = {
  cuda: { target: "cuda" },
  "cuda, ahead": { target: "cuda", ahead: true },
  webgpu: { target: "webgpu" },
} as const;

for (const [form, chosen] of Object.entries(FORMS))
  describe(`graphs of openvla for ${form}`, () => {
    const { config } = fixtureNamed("covered-positions");
    const checkpoint = new SyntheticSource(openvlaRecipe.tensors(config));
    const options = { ...chosen, tapLayers: "action" } as const;
    const { sessions } = openvlaRecipe.plan({ config, files: {}, checkpoint, floatType: "float32", options });

    for (const [session, { graph }] of Object.entries(sessions)) {
      it(`${session} has no node that nobody reads: each is a launch in every step`, () => {
        const nodes = allNodes(graph.nodes);
        const read = new Set([
          ...nodes.flatMap(({ inputs }) => inputs),
          ...[graph, ...nodes.flatMap(insides)].flatMap(({ outputs }) => outputs.map(({ name }) => name)),
        ]);
        const dead = nodes.filter(({ outputs }) => !outputs.some((value) => read.has(value)));
        assert.deepEqual(
          dead.map(({ name }) => name),
          [],
        );
      });
    }
  });

describe("act of openvla for webgpu", () => {
  const { config } = fixtureNamed("covered-positions");
  const checkpoint = new SyntheticSource(openvlaRecipe.tensors(config));
  const options = { target: "webgpu", tapLayers: "action", pruneLayer: 2 } as const;
  const { sessions } = openvlaRecipe.plan({ config, files: {}, checkpoint, floatType: "float16", options });
  const nodes = sessions["act"]?.graph.nodes ?? [];
  const decoding = nodes.flatMap(({ op, attributes }) => {
    const branch = op === "If" ? attributes["else_branch"] : undefined;
    return branch !== undefined && "graph" in branch ? branch.graph.nodes : [];
  });

  it("decodes without a node that ONNX Runtime leaves to the processor: each waits for the device", () => {
    const left = allNodes(decoding).filter(
      ({ op, attributes: { to } }) =>
        ["ArgMax", "CumSum", "Loop", "Range", "TopK"].includes(op) ||
        (op === "Cast" && to !== undefined && "int" in to && to.int === INT64),
    );
    assert.ok(decoding.length > 100);
    assert.deepEqual(
      left.map(({ name }) => name),
      [],
    );
  });

  it("reads gate and up apart where a token goes alone, joined where a prompt does", () => {
    const products = decoding.filter(({ op, inputs }) => op === "MatMul" && inputs[1]?.includes("gate_proj"));
    const apart = products.filter(({ inputs }) => !inputs[1]?.includes("up_proj"));
    const [layers, actions] = [5, 5]; // of the fixture
    assert.equal(apart.length, layers * (actions - 1));
    assert.ok(apart.every(({ oneRow }) => oneRow === true));
    assert.equal(products.length - apart.length, layers - options.pruneLayer);
  });
});
