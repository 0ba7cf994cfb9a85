import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { FakeAdapter } from "@vla-pruner/core/testing";
import { createPolicy, vlaPruner } from "../../src/index.ts";
import type { LocalEpisode, Observation } from "../../src/index.ts";
import { policyWorker } from "../../src/worker/index.ts";
import type { PolicyWorker, PolicyWorkerOptions } from "../../src/worker/index.ts";
import type { Mischief } from "../worker/modules/fake-plugin.ts";
import { observe } from "./observations.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const OWN = new URL("../worker/modules/fake-plugin.ts", import.meta.url);
const OPTIONS = { retention: 0.25, window: 2 };

/** A model directory of the fake's: no graph is needed. */
export async function fakeModel(): Promise<string> {
  const folder = await temporaryFolder();
  const vla = {
    format: 1,
    architecture: "fake",
    dtype: "fp32",
    prune_layer: 2,
    action_layers: [3],
    tapped_layers: [0],
    views: 1,
    vision_tokens_per_view: 16,
    norm_stats: {},
    sessions: {},
  };
  writeFileSync(join(folder, "config.json"), JSON.stringify({ model_type: "fake", vla }));
  return folder;
}

/** A worker of the fake's, which does what an observation's `extras` ask. */
export async function fakeWorker(options: Partial<PolicyWorkerOptions> = {}): Promise<PolicyWorker> {
  return policyWorker(await fakeModel(), {
    plugins: [OWN],
    middleware: [OWN],
    pruner: { name: "vla-pruner", ...OPTIONS },
    ...options,
  });
}

/** The episode that a worker's must equal. */
export function localEpisode(id: string): LocalEpisode {
  const adapter = new FakeAdapter({ horizon: 2 });
  return createPolicy({ adapter, pruner: vlaPruner(OPTIONS) }).startEpisode({ id });
}

/** The n-th observation, which asks something of the worker. */
export function asking(index: number, extras: Mischief): Observation {
  return { ...observe(index), extras: { ...extras } };
}

/** Keeps this thread from hearing anything, as a busy control loop does. */
export function block(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
