import { mkdtemp, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { VlaPrunerError } from "@vla-pruner/format";
import type { ConvertedDtypes } from "@vla-pruner/onnx/convert";
import { readEpisode } from "../episode/read-episode.ts";
import type { OpenPolicyOptions } from "../model-directory/open-policy.ts";
import { readVlaJson } from "../model-directory/read-vla-json.ts";
import { agreementOf } from "./agreement.ts";
import type { Agreement } from "./agreement.ts";

export { agreementText } from "./agreement.ts";

/**
 * Reads the episode, before anything is converted.
 *
 * @throws `invalid-option` where the model would be compared with itself, and what reading an episode throws
 */
export async function readyToCheck(dtypes: ConvertedDtypes, episode: string): Promise<void> {
  const all = typeof dtypes === "string" ? [dtypes] : Object.values(dtypes).flat();
  if (all.some((dtype) => dtype !== "fp32")) {
    await readEpisode(episode);
    return;
  }
  throw new VlaPrunerError("invalid-option", {
    expected: "--dtype other than fp32, for --check",
    found: "fp32",
    fix: "leave --check out: the model is what it would be compared with",
  });
}

/**
 * Compares a model that was just converted with the same checkpoint in fp32, on an episode file. The fp32 model lies
 * beside it meanwhile.
 *
 * @param writeReference makes the fp32 model in a folder
 * @throws what converting and acting throw
 */
export async function checkConversion(
  model: string,
  writeReference: (folder: string) => Promise<unknown>,
  episode: string,
  { plugin, ahead }: Pick<OpenPolicyOptions, "plugin" | "ahead">,
): Promise<Agreement> {
  const vla = await readVlaJson(model);
  const folder = await mkdtemp(`${resolve(model)}.fp32-`);
  try {
    const reference = join(folder, "model");
    await writeReference(reference);
    const [unnormKey] = Object.keys(vla.norm_stats); // Any will do: both act by the same.
    return await agreementOf(reference, model, episode, {
      ...(unnormKey !== undefined && { unnormKey }),
      ...(plugin && { plugin }),
      ...(ahead !== undefined && { ahead }),
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
