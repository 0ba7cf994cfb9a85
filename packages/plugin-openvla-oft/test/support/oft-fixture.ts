import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { SyntheticSource, writeSafetensors } from "@vla-pruner/onnx/convert";
import type { SyntheticTensor } from "@vla-pruner/onnx/convert";
import { openvlaOftRecipe } from "../../src/convert.ts";
import { fixtureEpisode } from "./fixture-episode.ts";
import type { OftFixture } from "./fixtures.ts";

/** Writes config.json and the base weights into a folder that is made. */
export async function writeBase(folder: string, { config, seed }: OftFixture): Promise<void> {
  const { vision_towers: _, ...written } = config;
  const tensors = new Map<string, SyntheticTensor>();
  for (const [name, tensor] of openvlaOftRecipe.tensors({ ...config, action_head: "none" })) {
    tensors.set(name, livelier(name, tensor));
  }
  const source = new SyntheticSource(tensors, seed);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "config.json"), `${JSON.stringify(written, null, 2)}\n`);
  await writeSafetensors(join(folder, "model.safetensors"), source, source.names, "F32");
}

/**
 * Adds the component files: those of the L1 head, or those of `head` below.
 *
 * @param head folder below the fixture's: `diffusion` or `film`
 */
export async function addComponents(folder: string, { name }: OftFixture, head = "."): Promise<void> {
  const components = fileURLToPath(new URL(`../golden/components/${name}`, import.meta.url));
  await cp(components, folder, { recursive: true, filter: (path) => !/[/\\](diffusion|film)$/u.test(path) });
  if (head !== ".") await cp(join(components, head), folder, { recursive: true });
}

/** Writes `episode.jsonl`, its pixels and, where a head reads it, its noise into a folder that exists. */
export async function writeEpisode(folder: string, fixture: OftFixture, noiseSize: number): Promise<void> {
  const lines: string[] = [];
  for (const [step, { pixelValues, inputIds, state, noise }] of fixtureEpisode(
    fixture,
    noiseSize,
  ).entries()) {
    await writeFile(join(folder, `step${step}.bin`), new Uint8Array(pixelValues.data.buffer));
    if (noiseSize > 0)
      await writeFile(join(folder, `noise${step}.bin`), new Uint8Array(noise.slice().buffer));
    lines.push(
      JSON.stringify({
        pixel_values: `step${step}.bin`,
        input_ids: inputIds,
        state,
        ...(noiseSize > 0 && { noise: `noise${step}.bin` }),
      }),
    );
  }
  await writeFile(join(folder, "episode.jsonl"), `${lines.join("\n")}\n`);
}

/** How much larger than of unit variance the matrices are whose names match: attention comes out far from flat. */
const GAINS: readonly (readonly [RegExp, number])[] = [
  [/patch_embed/u, 3],
  [/attn\.qkv/u, 1.3],
  [/projector/u, 1.6],
  [/[qk]_proj/u, 2],
  [/[vo]_proj/u, 1.5],
  [/_proj/u, 1.3],
];

function livelier(name: string, tensor: SyntheticTensor): SyntheticTensor {
  if (name.endsWith("bias")) return { ...tensor, deviation: 0.1 };
  const [, gain = 1] = GAINS.find(([part]) => part.test(name)) ?? [];
  if (tensor.dims.length < 2 || gain === 1) return tensor;
  const inputs = tensor.dims.slice(1).reduce((size, dim) => size * dim, 1);
  return { ...tensor, deviation: gain / Math.sqrt(inputs) };
}
