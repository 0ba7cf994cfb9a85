/** Policy, simulator and renderer, or a vision-language model, off the page's thread. */
import type { Policy } from "@vla-pruner/core";
import { createSimulator } from "@vla-pruner/sim";
import type { Simulator } from "@vla-pruner/sim";
import type { PolicyEntry } from "../catalogue.ts";
import type { Command, Report } from "../messages.ts";
import { ask } from "./engine/ask.ts";
import { openPolicy, warmUp } from "./engine/open-policy.ts";
import { openVlm } from "./engine/open-vlm.ts";
import type { Vlm } from "./engine/open-vlm.ts";
import { threadsUsed, useRuntime } from "./engine/settings.ts";
import { fetchKept } from "./fetch-kept.ts";
import { look } from "./look.ts";
import { Player } from "./player.ts";

type Load = Extract<Command, { type: "load" }>;

interface Loaded {
  readonly policy: Policy;
  readonly simulator: Simulator;
  readonly player: Player;
}

const site = new URL("..", location.href).href;
let loaded: Loaded | undefined;
let vlm: Vlm | undefined;

function report(message: Report): void {
  postMessage(message);
}

function progress(file: string, bytes: number): void {
  report({ type: "progress", file, loaded: bytes });
}

function kept({ path, bytes }: Load["binaries"]["runtime"]): Promise<Uint8Array<ArrayBuffer>> {
  return fetchKept({ path: new URL(path, site).href, bytes }, (now) => progress(path, now));
}

async function load({ model, binaries, device, threads }: Load): Promise<void> {
  const begin = performance.now();
  const runtime = async (): Promise<void> =>
    useRuntime(new URL(binaries.loader, site).href, await kept(binaries.runtime));
  if (model.kind === "vlm") {
    await runtime();
    vlm = await openVlm({ entry: model, site, device, threads, onBytes: progress });
  } else {
    const [physics] = await Promise.all([kept(binaries.physics), runtime()]);
    loaded = await loadPolicy(model, physics, { device, ...(threads !== undefined && { threads }) });
  }
  report({ type: "ready", seconds: (performance.now() - begin) / 1000, threads: threadsUsed() });
}

async function loadPolicy(
  { directory }: PolicyEntry,
  physics: Uint8Array<ArrayBuffer>,
  options: Pick<Load, "device" | "threads">,
): Promise<Loaded> {
  const simulator = await createSimulator({ wasm: physics });
  const policy = await openPolicy({ site, directory, ...options, onBytes: progress });
  await warmUp(policy);
  return { policy, simulator, player: new Player(policy, simulator, report) };
}

async function obey(command: Command): Promise<void> {
  if (command.type === "load") await load(command);
  else if (command.type === "look" && vlm !== undefined) report(await ask(vlm, command));
  else if (loaded === undefined) return;
  else if (command.type === "adjust") loaded.player.adjust(command);
  else if (command.type === "stop") loaded.player.stop();
  else if (command.type === "play") report({ type: "end", outcome: await loaded.player.play(command) });
  else report(await look(loaded.policy, loaded.simulator, command));
}

self.addEventListener("message", ({ data }: MessageEvent<Command>) => {
  obey(data).catch((error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    report({ type: "failed", during: data.type, message });
  });
});
