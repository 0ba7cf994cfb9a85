import type { PlannedGraph } from "../../packages/onnx/src/graph.ts";
import { pi0Recipe } from "../../packages/plugin-pi0/src/convert.ts";
import { TiledNoise } from "./tiled-noise.ts";

type Nodes = PlannedGraph["nodes"];

/**
 * Nodes of π0's graphs at the published sizes, before ONNX Runtime's own fusions: `session: outside of loops, in them`.
 *
 *   node --import tsx --conditions=@vla-pruner/source tools/gpu-bench/count-nodes.ts
 */
function bodies(nodes: Nodes): Nodes {
  return nodes.flatMap(({ attributes }) =>
    Object.values(attributes).flatMap((value) => ("graph" in value ? value.graph.nodes : [])),
  );
}

function counts(nodes: Nodes): string {
  const byOp = new Map<string, number>();
  for (const { op } of nodes) byOp.set(op, (byOp.get(op) ?? 0) + 1);
  const sorted = [...byOp].toSorted(([, a], [, b]) => b - a).map(([op, count]) => `${op} ${count}`);
  return `${nodes.length} (${sorted.join(", ")})`;
}

function line(preset: string, target: string, { name, nodes }: PlannedGraph): string {
  const inner = bodies(nodes);
  const loop = inner.length > 0 ? `\n  a step: ${counts(inner)}` : "";
  return `${preset}, ${target}, ${name}: ${counts(nodes)}${loop}\n`;
}

for (const preset of ["pi0", "pi05"]) {
  const config = pi0Recipe.presets[preset] ?? {};
  const checkpoint = new TiledNoise(pi0Recipe.tensors(config));
  for (const target of ["cpu", "cuda"] as const) {
    const options = { target, tapLayers: "action" } as const;
    const { sessions } = pi0Recipe.plan({ config, files: {}, checkpoint, floatType: "float16", options });
    for (const session of ["prefill_head", "act", "denoise"])
      if (sessions[session] !== undefined)
        process.stdout.write(line(preset, target, sessions[session].graph));
  }
}
