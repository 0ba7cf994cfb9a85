/** What the tests call within the browser: everything hangs on `globalThis.harness`. */
import { env } from "@huggingface/transformers";
import { loadPolicy } from "@vla-pruner/core";
import type { Policy } from "@vla-pruner/core";
import { openvla } from "@vla-pruner/plugin-openvla";
import { openvlaOft } from "@vla-pruner/plugin-openvla-oft";
import { createSimulator, taskNamed, testSeed } from "@vla-pruner/sim";
import type { CallTimes, LoadRequest, PackedObservation, PlainStep } from "./messages.ts";
import { play, timeCalls } from "./play.ts";

let policy: Policy | undefined;

const harness = {
  /** @returns threads that are used */
  async load({ model, device, threads, from }: LoadRequest): Promise<number> {
    const { wasm } = env.backends.onnx;
    if (wasm === undefined) throw new Error("no onnxruntime-web");
    const runtime = new URL("/runtime/ort-wasm-simd-threaded.asyncify", location.href).href;
    wasm.wasmPaths = { mjs: `${runtime}.mjs`, wasm: `${runtime}.wasm` };
    env.remoteHost = location.origin;
    env.remotePathTemplate = "models/{model}/";
    if (from === "localModelPath") {
      env.allowLocalModels = true;
      env.allowRemoteModels = false;
      env.localModelPath = "/models/";
    }
    await policy?.dispose();
    policy = await open({ model, device, ...(threads !== undefined && { threads }) });
    return wasm.numThreads ?? 1;
  },

  /** One episode over given observations. @param retention nothing is pruned where absent */
  async play(packed: readonly PackedObservation[], retention?: number): Promise<PlainStep[]> {
    return play(loaded(), packed, retention);
  },

  /** Milliseconds of calls, dense and pruned. */
  async time(packed: readonly PackedObservation[], rounds: number, retention: number): Promise<CallTimes> {
    return timeCalls(loaded(), packed, rounds, retention);
  },

  /** The same call again and again, in one episode. */
  async repeat(packed: PackedObservation, times: number): Promise<void> {
    await harness.play(
      Array.from({ length: times }, () => packed),
      0.25,
    );
  },

  /** Several episodes of one policy at once. */
  async atOnce(
    episodes: readonly (readonly PackedObservation[])[],
    retention: number,
  ): Promise<PlainStep[][]> {
    return Promise.all(episodes.map((packed) => harness.play(packed, retention)));
  },

  /** Digests of both pictures, at the start and after each of some actions. */
  async pictures(task: string, actions: readonly (readonly number[])[]): Promise<string[]> {
    const simulator = await createSimulator({ wasm: "/physics/mujoco.wasm" });
    const world = simulator.start(taskNamed(task), { seed: testSeed(0) });
    const digests: string[] = [];
    const look = async (): Promise<void> => {
      for (const { data } of Object.values(world.observe().images)) digests.push(await digest(data));
    };
    await look();
    for (const action of actions) {
      world.step(action);
      await look();
    }
    world.dispose();
    return digests;
  },
};

function open({ model, ...options }: Omit<LoadRequest, "from">): Promise<Policy> {
  return loadPolicy(model, { plugins: [openvla(), openvlaOft()], ...options });
}

function loaded(): Policy {
  if (policy === undefined) throw new Error("load first");
  return policy;
}

async function digest(data: Uint8Array): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", Uint8Array.from(data)));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export type Harness = typeof harness;
Object.assign(globalThis, { harness });
