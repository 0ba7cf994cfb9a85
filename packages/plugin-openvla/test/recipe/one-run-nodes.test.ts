import assert from "node:assert/strict";
import { SyntheticSource } from "@vla-pruner/onnx/convert";
import type { PlannedGraph, Value } from "@vla-pruner/onnx/graph";
import { openvlaRecipe } from "../../src/convert.ts";
import { fixtureNamed } from "../support/fixtures.ts";

type Node = PlannedGraph["nodes"][number];

/** Nodes of a graph, and of all graphs inside of it. */
function allNodes(nodes: readonly Node[]): readonly Node[] {
  return nodes.flatMap((node) => [node, ...insides(node).flatMap((inside) => allNodes(inside.nodes))]);
}

function insides({ attributes }: Node): { nodes: readonly Node[]; outputs: readonly { name: Value }[] }[] {
  return Object.values(attributes).flatMap((value) => ("graph" in value ? [value.graph] : []));
}

for (const target of ["cuda", "webgpu"] as const)
  describe(`graphs of openvla for ${target}`, () => {
    const { config } = fixtureNamed("covered-positions");
    const checkpoint = new SyntheticSource(openvlaRecipe.tensors(config));
    const options = { target, tapLayers: "action" } as const;
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
