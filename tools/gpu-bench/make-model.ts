import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { graphFileName } from "../../packages/format/src/index.ts";
import type { Target } from "../../packages/format/src/index.ts";
import { quantizeGraph, writeGraph } from "../../packages/onnx/src/graph.ts";
import type { PlannedGraph } from "../../packages/onnx/src/graph.ts";
import type { ModelRecipe, RecipeOptions } from "../../packages/onnx/src/convert.ts";
import { sharedLayers } from "./shared-layers.ts";
import { TiledNoise } from "./tiled-noise.ts";

/** A model to measure: of a preset's sizes, with random weights. */
export interface ModelSpec {
  readonly recipe: ModelRecipe;
  readonly preset: string;
  readonly target: Target;
  readonly options: RecipeOptions;
}

/** How the matrices of the language model are stored: `fp16`, `q4f16` or `fp16_q4f16` of `convert`. */
export type ActForm = "fp16" | "int4" | "int4-decode";

function inForm(graph: PlannedGraph, form: ActForm): PlannedGraph {
  if (form === "fp16") return graph;
  return quantizeGraph(graph, { kind: "int4", block: 32 }, form === "int4" ? "all" : "one");
}

/** Sessions that `form` is for: on CUDA a head is faster in fp16. */
const INT4: Readonly<Record<Target, readonly string[]>> = {
  cpu: ["act"],
  cuda: ["act", "step"],
  webgpu: ["prefill_head", "act", "denoise"],
};

/** Writes graphs in half precision, and `vla.json`; seconds for 7B, since the layers of the decoder share weights. */
export async function makeModel(
  folder: string,
  { recipe, preset, target, options }: ModelSpec,
  form: ActForm,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const config = recipe.presets[preset];
  if (config === undefined) throw new Error(`no preset ${preset}`);
  const checkpoint = new TiledNoise(recipe.tensors(config));
  const plan = recipe.plan({
    config,
    files: {},
    checkpoint,
    floatType: "float16",
    options: { ...options, target },
  });
  const names = Object.entries(plan.sessions);
  for (const [session, { graph }] of names)
    await writeGraph(
      inForm(sharedLayers(graph), INT4[target].includes(session) ? form : "fp16"),
      plan.weights ?? checkpoint,
      folder,
      graphFileName(session, "fp16"),
    );
  const sessions = Object.fromEntries(
    names.map(([session, { deviceOutputs }]) => [session, { file: session, device_outputs: deviceOutputs }]),
  );
  const vla = { format: 1, architecture: recipe.architecture, dtype: "fp16", target, ...plan.vla, sessions };
  await writeFile(join(folder, "vla.json"), JSON.stringify(vla));
}
