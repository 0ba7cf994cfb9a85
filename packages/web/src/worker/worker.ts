/** Policy, simulator and renderer, off the page's thread. */
import type { Policy } from "@vla-pruner/core";
import { createSimulator } from "@vla-pruner/sim";
import type { Simulator } from "@vla-pruner/sim";
import type { Command, Report } from "../messages.ts";
import { openPolicy, threadsUsed, useRuntime } from "./engine.ts";
import { fetchKept } from "./fetch-kept.ts";
import { look } from "./look.ts";
import { Player } from "./player.ts";

interface Loaded {
  readonly policy: Policy;
  readonly simulator: Simulator;
  readonly player: Player;
}

let loaded: Loaded | undefined;

function report(message: Report): void {
  postMessage(message);
}

async function load({
  policy,
  binaries,
  device,
  threads,
}: Extract<Command, { type: "load" }>): Promise<void> {
  const begin = performance.now();
  const site = new URL("..", location.href).href;
  const kept = (file: typeof binaries.runtime): Promise<Uint8Array<ArrayBuffer>> =>
    fetchKept({ ...file, path: new URL(file.path, site).href }, (bytes) =>
      report({ type: "progress", file: file.path, loaded: bytes }),
    );
  const [runtime, physics] = await Promise.all([kept(binaries.runtime), kept(binaries.physics)]);
  useRuntime(new URL(binaries.loader, site).href, runtime);
  const simulator = await createSimulator({ wasm: physics });
  const opened = await openPolicy({
    site,
    directory: policy.directory,
    device,
    ...(threads !== undefined && { threads }),
    onBytes: (file, bytes) => report({ type: "progress", file, loaded: bytes }),
  });
  loaded = { policy: opened, simulator, player: new Player(opened, simulator, report) };
  report({
    type: "ready",
    seconds: (performance.now() - begin) / 1000,
    threads: threadsUsed(),
    cameras: opened.adapter.layout.views.map(({ name }) => name),
  });
}

async function obey(command: Command): Promise<void> {
  if (command.type === "load") await load(command);
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
