import { env } from "@huggingface/transformers";
import { keepAll, loadPolicy, uniform } from "@vla-pruner/core";
import type { Device, Policy } from "@vla-pruner/core";
import { openvla } from "@vla-pruner/plugin-openvla";
import { openvlaOft } from "@vla-pruner/plugin-openvla-oft";
import { pi0 } from "@vla-pruner/plugin-pi0";
import { forget } from "./settings.ts";

export interface PolicyPlace {
  /** The page's own address; models are below `models`. */
  readonly site: string;
  readonly directory: string;
  readonly device: Device;
  readonly threads?: number;
  readonly onBytes: (file: string, loaded: number) => void;
}

/** Loads a policy that the page serves, through the cache and the progress of transformers.js. */
export async function openPolicy(place: PolicyPlace): Promise<Policy> {
  const { site, directory, device, threads, onBytes } = place;
  env.remoteHost = site;
  env.remotePathTemplate = "models/{model}/";
  try {
    return await loadPolicy(directory, {
      plugins: [openvla(), openvlaOft(), pi0()],
      device,
      ...(threads !== undefined && { threads }),
      progress_callback: (progress) => {
        if (progress.status === "progress") onBytes(progress.file, progress.loaded);
      },
    });
  } catch (error) {
    await forget(new URL(`models/${directory}/`, site).href);
    throw error;
  }
}

/** The first run of a graph is its slowest: it is in no figure on the page, least of all in the dense one. */
export async function warmUp(policy: Policy): Promise<void> {
  for (const pruner of [keepAll(), uniform({ retention: 0.25 })])
    await policy.startEpisode({ pruner }).act(policy.adapter.exampleObservation(0));
}
