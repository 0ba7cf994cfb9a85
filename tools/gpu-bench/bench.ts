import { existsSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openSession } from "../../packages/core/src/index.ts";
import type { Device, StepResult, VlaModelParts, VlaPlugin } from "../../packages/core/src/index.ts";
import type { GraphSession } from "../../packages/core/src/adapter/index.ts";
import { graphFileName } from "../../packages/format/src/index.ts";
import type { Target, VlaBlock } from "../../packages/format/src/index.ts";
import { openvla } from "../../packages/plugin-openvla/src/index.ts";
import { openvlaRecipe } from "../../packages/plugin-openvla/src/convert.ts";
import { openvlaOft } from "../../packages/plugin-openvla-oft/src/index.ts";
import { openvlaOftRecipe } from "../../packages/plugin-openvla-oft/src/convert.ts";
import { pi0 } from "../../packages/plugin-pi0/src/index.ts";
import { pi0Recipe } from "../../packages/plugin-pi0/src/convert.ts";
import { alike } from "./alike.ts";
import { bareRecipe, besides } from "./bare-act.ts";
import { flatness } from "./flat.ts";
import { makeModel } from "./make-model.ts";
import type { ActForm, ModelSpec } from "./make-model.ts";
import { interleave } from "./measure.ts";
import type { Spread } from "./measure.ts";
import { policyCells } from "./policy-cells.ts";

/**
 * Steps of models of the published sizes on a device: whole ones from pixels, stage by stage, dense and pruned, with
 * drafts accepted and refused. Weights are random, and the decoder's layers share one set.
 *
 *   bench make  --model NAME --dir DIR [--target cuda|webgpu|cpu] [--act fp16|int4|int4-decode] [--size tiny] [--ahead]
 *   bench run   --model NAME --dir DIR --device cuda --out FILE.json [--runs N] [--warmup N] [--keep-buffers] [--ahead]
 *   bench alike as run, with --against cuda: whether both devices do the same, with observations that change
 *   bench flat  as run, with --runs 1000: time and memory of as many steps at 25 %, one after the other
 *
 * With --ahead one graph goes from pixels to tokens, which were chosen by the call before; it lies beside the others.
 */
const MODELS = {
  openvla: (size) => spec(openvlaRecipe, `openvla-${size}`, {}),
  oft: (size) => spec(openvlaOftRecipe, `openvla-oft-${size}`, { views: 2 }),
  bare: (size) => spec(bareRecipe, `openvla-${size}`, {}),
  pi0: (size) => spec(pi0Recipe, size === "tiny" ? "pi0-tiny" : "pi0", { steps: 10 }),
} satisfies Readonly<Record<string, (size: string) => Omit<ModelSpec, "target">>>;

const PLUGINS: Readonly<Record<string, () => VlaPlugin>> = {
  openvla: () => openvla(),
  "openvla-oft": () => openvlaOft(),
  pi0: () => pi0(),
};

function spec(
  recipe: ModelSpec["recipe"],
  preset: string,
  options: ModelSpec["options"],
): Omit<ModelSpec, "target"> {
  return { recipe, preset, options: { ...options, tapLayers: "action" } };
}

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      model: { type: "string", default: "openvla" },
      dir: { type: "string", default: "/tmp/vla-bench" },
      target: { type: "string", default: "cuda" },
      act: { type: "string", default: "fp16" },
      size: { type: "string", default: "7b" },
      device: { type: "string", default: "cpu" },
      against: { type: "string", default: "cuda" },
      out: { type: "string", default: "bench.json" },
      runs: { type: "string", default: "30" },
      warmup: { type: "string", default: "20" },
      "keep-buffers": { type: "boolean", default: false },
      ahead: { type: "boolean", default: false },
    },
  });
  const { model, dir, size, device, out, target, ahead } = values;
  const folder = join(dir, ahead ? `${model}-ahead` : model);
  if (positionals[0] === "make") {
    const { options, ...rest } = MODELS[model as keyof typeof MODELS](size);
    const made = { ...rest, options: { ...options, ahead }, target: target as Target };
    return makeModel(folder, made, values.act as ActForm);
  }
  const parts = await openParts(folder, device as Device, values["keep-buffers"]);
  const path = join(dir, "bare", graphFileName("act", "fp16"));
  const { act } = parts.sessions;
  const bare =
    model === "openvla" && act !== undefined && existsSync(path)
      ? besides(act, await openSession(path, device as Device))
      : undefined;
  const sessions = { ...parts.sessions, ...(bare && { act: bare.session }) };
  const plugin = (PLUGINS[parts.vla.architecture] ?? (() => openvla()))();
  const adapter = plugin.createAdapter({ ...parts, sessions });
  if (positionals[0] === "alike") {
    const others = await openParts(folder, values.against as Device, false);
    const found = await alike([adapter, plugin.createAdapter(others)], Number(values.runs));
    return void process.stdout.write(`${device}, ${values.against}: ${JSON.stringify(found)}\n`);
  }
  if (positionals[0] === "flat") {
    const flat = await flatness(adapter, Number(values.runs));
    await writeFile(out, JSON.stringify({ model, size, device, ...flat }, null, 1));
    return void process.stdout.write(`${JSON.stringify(flat)}\n`);
  }
  const notes: Record<string, unknown> = {};
  // The action's first numbers: two devices must agree about them, as far as fp16 goes.
  const note = (name: string, { tokens, keep, draft, action }: StepResult): void => {
    notes[name] = { tokens, kept: keep.length, action: action.slice(0, 7), ...(draft && { draft }) };
  };
  const cells = policyCells(model, adapter, [1, 0.25], note);
  const [dense] = cells;
  if (bare !== undefined && dense !== undefined) cells.push(bare.cell(dense));
  const results = await interleave(cells, { warmup: Number(values.warmup), runs: Number(values.runs) });
  const { rss } = process.memoryUsage();
  await writeFile(out, JSON.stringify({ model, size, device, ahead, rss, results, notes }, null, 1));
  process.stdout.write(table(results));
}

async function openParts(folder: string, device: Device, keepBuffers: boolean): Promise<VlaModelParts> {
  const vla = JSON.parse(readFileSync(join(folder, "vla.json"), "utf8")) as VlaBlock;
  const sessions: Record<string, GraphSession> = {};
  for (const [name, { device_outputs: stays }] of Object.entries(vla.sessions)) {
    const path = join(folder, graphFileName(name, "fp16"));
    if (existsSync(path)) sessions[name] = await openSession(path, device, stays, { keepBuffers });
  }
  return { vla, config: {}, sessions, tokenizer: null };
}

function table(results: Readonly<Record<string, Readonly<Record<string, Spread>>>>): string {
  return Object.entries(results).map(line).join("");
}

function line([name, parts]: [string, Readonly<Record<string, Spread>>]): string {
  const shown = Object.entries(parts).map(
    ([part, { median, p10, p90 }]) => `${part} ${median} (${p10}–${p90})`,
  );
  return `${name}: ${shown.join(", ")}\n`;
}

await main();
