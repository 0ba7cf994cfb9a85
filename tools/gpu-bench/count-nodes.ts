import type { ModelRecipe, RecipeOptions } from "../../packages/onnx/src/convert.ts";
import type { PlannedGraph } from "../../packages/onnx/src/graph.ts";
import { openvlaRecipe } from "../../packages/plugin-openvla/src/convert.ts";
import { openvlaOftRecipe } from "../../packages/plugin-openvla-oft/src/convert.ts";
import { pi0Recipe } from "../../packages/plugin-pi0/src/convert.ts";
import { TiledNoise } from "./tiled-noise.ts";

type Nodes = PlannedGraph["nodes"];

/**
 * Nodes of the graphs at the published sizes, before ONNX Runtime's own fusions: `session: outside of branches and loops`,
 * then those inside of each.
 *
 *   node --import tsx --conditions=@vla-pruner/source tools/gpu-bench/count-nodes.ts [cpu|cuda|webgpu …]
 */
function counts(nodes: Nodes): string {
  const byOp = new Map<string, number>();
  for (const { op } of nodes) byOp.set(op, (byOp.get(op) ?? 0) + 1);
  const sorted = [...byOp].toSorted(([, a], [, b]) => b - a).map(([op, count]) => `${op} ${count}`);
  return `${nodes.length} (${sorted.join(", ")})`;
}

function lines(title: string, nodes: Nodes, depth: number): string {
  const inside = nodes.flatMap(({ attributes }) =>
    Object.entries(attributes).map(([name, value]) =>
      "graph" in value ? lines(name, value.graph.nodes, depth + 1) : "",
    ),
  );
  return `${"  ".repeat(depth)}${title}: ${counts(nodes)}\n${inside.join("")}`;
}

const MODELS: readonly (readonly [recipe: ModelRecipe, preset: string, options: RecipeOptions])[] = [
  [openvlaRecipe, "openvla-7b", {}],
  [openvlaOftRecipe, "openvla-oft-7b", { views: 2 }],
  [pi0Recipe, "pi0", {}],
  [pi0Recipe, "pi05", {}],
];

const targets = process.argv.length > 2 ? process.argv.slice(2) : ["cpu", "cuda"];

for (const [recipe, preset, own] of MODELS) {
  const config = recipe.presets[preset] ?? {};
  const checkpoint = new TiledNoise(recipe.tensors(config));
  for (const target of ["cpu", "cuda", "webgpu"] as const) {
    if (!targets.includes(target) || (target !== "cpu" && recipe.targets?.includes(target) !== true))
      continue;
    const options = { ...own, target, tapLayers: "action" } as const;
    const { sessions } = recipe.plan({ config, files: {}, checkpoint, floatType: "float16", options });
    for (const [session, { graph }] of Object.entries(sessions))
      process.stdout.write(lines(`${preset}, ${target}, ${session}`, graph.nodes, 0));
  }
}
