/**
 * Calls of a policy in Chromium beside Node on this machine, by turns, so that what disturbs one disturbs the other:
 *
 *     node --import tsx --conditions=@vla-pruner/source packages/web/bench/beside-node.ts
 *         [--model tiny-openvla-oft] [--dtype fp32] [--retention 0.25] [--turns 4] [--rounds 10] [--threads 2]
 */
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { loadPolicy } from "@vla-pruner/core";
import { openvla } from "@vla-pruner/plugin-openvla";
import { openvlaOft } from "@vla-pruner/plugin-openvla-oft";
import type { CallTimes } from "../browser-test/harness/messages.ts";
import { timeCalls } from "../browser-test/harness/play.ts";
import { call, closeLaboratories, openLaboratory } from "../browser-test/support/laboratory.ts";
import { modelsOf, removeModels } from "../browser-test/support/models.ts";
import { observations } from "../browser-test/support/observations.ts";

const { values } = parseArgs({
  options: {
    model: { type: "string", default: "tiny-openvla-oft" },
    dtype: { type: "string", default: "fp32" },
    retention: { type: "string", default: "0.25" },
    turns: { type: "string", default: "4" },
    rounds: { type: "string", default: "10" },
    threads: { type: "string", default: "2" },
  },
});
const [retention, turns, rounds, threads] = [
  values.retention,
  values.turns,
  values.rounds,
  values.threads,
].map(Number) as [number, number, number, number];
const model = `${values.model}.${values.dtype}`;
const packed = await observations(4);

/** What must be let go of, or this process would not end. */
const opened: (() => Promise<void>)[] = [];

interface Contestant {
  readonly name: string;
  readonly times: CallTimes;
  time(): Promise<CallTimes>;
}

async function inNode(count: number): Promise<Contestant> {
  const plugins = [openvla(), openvlaOft()];
  const policy = await loadPolicy(join(await modelsOf(model), model), { plugins, threads: count });
  opened.push(() => policy.dispose());
  return contestant(`Node, ${words(count)}`, () => timeCalls(policy, packed, rounds, retention));
}

async function inBrowser(count: number): Promise<Contestant> {
  const laboratory = await openLaboratory([model], count > 1);
  opened.push(() => laboratory.close());
  await call(laboratory, "load", { model, device: "wasm", threads: count, from: "remoteHost" });
  return contestant(`Chromium, WebAssembly, ${words(count)}`, async () => {
    await laboratory.page.bringToFront();
    return call(laboratory, "time", packed, rounds, retention);
  });
}

function contestant(name: string, time: () => Promise<CallTimes>): Contestant {
  return { name, times: { dense: [], pruned: [] }, time };
}

function words(count: number): string {
  return count === 1 ? "1 thread" : `${count} threads`;
}

/** Median, and the middle 80 % of calls. */
function spread(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.round(share * (sorted.length - 1))] ?? 0).toFixed(0);
  return `${at(0.5)} (${at(0.1)} – ${at(0.9)})`;
}

function load(): string {
  return readFileSync("/proc/loadavg", "utf8").split(" ").slice(0, 1).join();
}

try {
  const all = [await inNode(1), await inNode(threads), await inBrowser(1), await inBrowser(threads)];
  console.log(`${cpus()[0]?.model ?? "?"}, ${cpus().length} cores; load before ${load()}`);
  for (let turn = 0; turn < turns; turn += 1) {
    for (const one of all) {
      const { dense, pruned } = await one.time();
      one.times.dense.push(...dense);
      one.times.pruned.push(...pruned);
    }
  }
  console.log(
    `${values.model}, ${values.dtype}, ${turns} turns of ${rounds} calls each; load after ${load()}\n`,
  );
  console.log(
    `| milliseconds a call | dense | ${100 * retention} % kept | ratio |\n| --- | --- | --- | --- |`,
  );
  for (const { name, times } of all) {
    const ratios = times.dense.map((dense, index) => dense / (times.pruned[index] ?? Number.NaN));
    const ratio = ratios.toSorted((a, b) => a - b)[Math.floor(ratios.length / 2)] ?? Number.NaN;
    console.log(`| ${name} | ${spread(times.dense)} | ${spread(times.pruned)} | ${ratio.toFixed(2)} |`);
  }
} finally {
  await Promise.all(opened.map((close) => close()));
  await closeLaboratories();
  await removeModels();
}
