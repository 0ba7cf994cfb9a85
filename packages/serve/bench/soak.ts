/**
 * Robots at a steady rate on one server:
 *
 *     node --import tsx --conditions=@vla-pruner/source packages/serve/bench/soak.ts MODEL [words for `serve`…] \
 *       [-- --robots 4 --hz 10 --calls 1000 --cameras image,wrist_image --state 8]
 *
 * Robots come in pairs that see the same: both of a pair must get the same actions, call by call. For each number of
 * robots (`--robots 1,2,4`) a line: calls answered and lost, actions of a pair that differ, what the server adds to the
 * policy's own time and to waiting for others, the whole latency, the share of calls that were in time, memory. First,
 * for comparison, what a bare websocket takes for the same bytes.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { Fields } from "../src/codec/unpack.ts";
import { actionsOf, OpenpiClient, picture } from "../test/support/openpi-client.ts";
import { WebSocket } from "ws";
import { pack } from "../src/codec/pack.ts";
import { startServer } from "./start-server.ts";

const cut = process.argv.indexOf("--", 2);
const [model = "", ...words] = process.argv.slice(2, cut < 0 ? undefined : cut);
const { values } = parseArgs({
  args: cut < 0 ? [] : process.argv.slice(cut + 1),
  options: {
    robots: { type: "string", default: "4" },
    hz: { type: "string", default: "10" },
    calls: { type: "string", default: "1000" },
    side: { type: "string", default: "224" },
    cameras: { type: "string", default: "image" },
    state: { type: "string", default: "0" },
  },
});
const [hz, calls, side] = [Number(values.hz), Number(values.calls), Number(values.side)];

/** Drawn ahead: a robot that draws would keep this process from hearing what the others are answered. */
const PICTURES = Array.from({ length: 64 }, (_, step) => picture(step, side));

interface Call {
  readonly addedMs: number;
  readonly waitedMs: number;
  readonly totalMs: number;
}

console.log(`a bare websocket, ms at p50 / p95 / p99: ${spanOf(await bareWay(100))}`);
const server = await startServer(model, ...words);
try {
  for (const robots of values.robots.split(",").map(Number)) await soak(robots);
} finally {
  await server.stop();
}

async function soak(robots: number): Promise<void> {
  const memory: number[] = [];
  const watch = setInterval(() => void residentMb().then((mb) => memory.push(mb)), 1000);
  const heard = await Promise.all(Array.from({ length: robots }, (_, index) => drive(index, robots)));
  clearInterval(watch);
  const all = heard.flatMap((robot) => robot.calls);
  const mixed = heard.filter(
    ({ actions }, index) => index % 2 === 1 && actions !== heard[index - 1]?.actions,
  ).length;
  const [early, late] = [memory.slice(0, memory.length / 2), memory.slice(memory.length / 2)].map((part) =>
    quantile(part, 0.5),
  );
  const inTime = all.filter(({ totalMs }) => totalMs <= 1000 / hz).length / all.length;
  const span = (pick: (call: Call) => number): string => spanOf(all.map(pick));
  console.log(
    `${robots} robots at ${hz} Hz: ${all.length} of ${robots * calls} calls answered, ${mixed} of ${Math.floor(robots / 2)} pairs differ; ` +
      `ms at p50 / p95 / p99: added ${span((call) => call.addedMs)}, waited for others ${span((call) => call.waitedMs)}, whole ${span((call) => call.totalMs)}; ` +
      `in time ${(100 * inTime).toFixed(1)} %; server's memory ${early?.toFixed(0)} → ${late?.toFixed(0)} MB`,
  );
}

/** One robot: looks every 1 / hz seconds, as soon as it has its last answer. */
async function drive(
  index: number,
  robots: number,
): Promise<{ readonly calls: Call[]; readonly actions: string }> {
  const client = await OpenpiClient.open(`ws://127.0.0.1:${server.port}`);
  await sleep((1000 / hz / robots) * index);
  const made: Call[] = [];
  const actions: number[][][] = [];
  for (let [step, tick] = [0, performance.now()]; step < calls; step += 1, tick += 1000 / hz) {
    await sleep(Math.max(0, tick - performance.now()));
    const observation = observe(Math.floor(index / 2), step);
    const sent = performance.now();
    const reply = await client.infer(observation);
    const totalMs = performance.now() - sent;
    const { queue_ms: waitedMs = 0 } = reply["server_timing"] as Record<string, number>;
    const { infer_ms: _, ...stages } = reply["policy_timing"] as Record<string, number>;
    const own = Object.values(stages).reduce((sum, ms) => sum + ms, 0);
    const { step: counted } = reply["pruning"] as Record<string, number>;
    if (counted !== step) throw new Error(`call ${step} was counted as ${counted}`);
    made.push({ addedMs: totalMs - own - waitedMs, waitedMs, totalMs });
    actions.push(actionsOf(reply));
  }
  await client.close();
  return { calls: made, actions: JSON.stringify(actions) };
}

function observe(pair: number, step: number): Fields {
  const pictures = values.cameras
    .split(",")
    .map(
      (name, index) =>
        [`observation/${name}`, PICTURES[(97 * pair + step + 31 * index) % PICTURES.length]] as const,
    );
  const length = Number(values.state);
  return {
    ...Object.fromEntries(pictures),
    ...(length > 0 && { "observation/state": Array.from({ length }, () => 0) }),
    prompt: `task ${pair}`,
  };
}

/** Milliseconds from sending an observation to hearing an answer that nobody had to think about. */
async function bareWay(times: number): Promise<number[]> {
  const child = fork(new URL("echo.ts", import.meta.url));
  const [port] = (await once(child, "message")) as [number];
  const socket = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false });
  await once(socket, "open");
  const taken: number[] = [];
  for (let step = 0; step < times; step += 1) {
    await sleep(1000 / hz);
    const message = pack(observe(0, step), "openpi");
    const sent = performance.now();
    socket.send(message);
    await once(socket, "message");
    taken.push(performance.now() - sent);
  }
  socket.close();
  child.disconnect();
  return taken;
}

async function residentMb(): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${server.port}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\d+)/mu.exec(text)?.[1]) / 2 ** 20;
}

function spanOf(taken: readonly number[]): string {
  return [0.5, 0.95, 0.99].map((share) => quantile(taken, share).toFixed(1)).join(" / ");
}

function quantile(values_: readonly number[], share: number): number {
  const sorted = values_.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
