import type { VlaBlock } from "../../packages/format/src/index.ts";
import type { ModelRecipe, RecipeOptions } from "../../packages/onnx/src/convert.ts";
import type { VlaPlugin } from "../../packages/core/src/index.ts";
import { openvla } from "../../packages/plugin-openvla/src/index.ts";
import { openvlaRecipe } from "../../packages/plugin-openvla/src/convert.ts";
import { openvlaOft } from "../../packages/plugin-openvla-oft/src/index.ts";
import { openvlaOftRecipe } from "../../packages/plugin-openvla-oft/src/convert.ts";
import { answeringSession } from "./answering-session.ts";
import { interleave } from "./measure.ts";
import { policyCells } from "./policy-cells.ts";
import { TiledNoise } from "./tiled-noise.ts";

/**
 * The host's share of a step, by stage, at the published sizes: sessions answer at once, so what is timed is JavaScript.
 * And what crosses the border of each session in a step, in tensors and bytes.
 *
 *   node --import tsx --conditions=@vla-pruner/source tools/gpu-bench/host.ts [cuda|webgpu|cpu]
 */
interface Model {
  readonly recipe: ModelRecipe;
  readonly plugin: () => VlaPlugin;
  readonly preset: string;
  readonly options: RecipeOptions;
}

const MODELS: Readonly<Record<string, Model>> = {
  openvla: { recipe: openvlaRecipe, plugin: () => openvla(), preset: "openvla-7b", options: {} },
  oft: {
    recipe: openvlaOftRecipe,
    plugin: () => openvlaOft(),
    preset: "openvla-oft-7b",
    options: { views: 2 },
  },
};

const target = (process.argv[2] ?? "cuda") as "cpu" | "cuda" | "webgpu";
const border = new Map<string, string>();

const cells = Object.entries(MODELS).flatMap(([name, { recipe, plugin, preset, options }]) => {
  const config = recipe.presets[preset] ?? {};
  const checkpoint = new TiledNoise(recipe.tensors(config));
  const own = { ...options, target, tapLayers: "action" } as const;
  const plan = recipe.plan({ config, files: {}, checkpoint, floatType: "float16", options: own });
  const graphs = Object.entries(plan.sessions);
  const sessions = Object.fromEntries(
    graphs.map(([session, { graph }]) => [
      session,
      answeringSession(graph, (text) => border.set(`${name} ${session}`, text)),
    ]),
  );
  const named = Object.fromEntries(graphs.map(([session]) => [session, { file: session }]));
  const block = {
    format: 1,
    architecture: recipe.architecture,
    dtype: "fp16",
    target,
    ...plan.vla,
    sessions: named,
  };
  const parts = { vla: block as unknown as VlaBlock, config: {}, sessions, tokenizer: null };
  return policyCells(name, plugin().createAdapter(parts), [0.25], () => undefined);
});

for (const [name, parts] of Object.entries(await interleave(cells, { warmup: 100, runs: 200 }))) {
  const shown = Object.entries(parts).map(
    ([part, { median, p10, p90 }]) => `${part} ${median} (${p10}–${p90})`,
  );
  process.stdout.write(`${name}: ${shown.join(", ")}\n`);
}
for (const [session, text] of border) process.stdout.write(`${session}: ${text}\n`);
