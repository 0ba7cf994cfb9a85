/**
 * A step that blocks the policy's thread for long, while other robots hold their connections open:
 *
 *     node --import tsx --conditions=@vla-pruner/source packages/serve/bench/block.ts MODEL [--seconds 50]
 *
 * Each connection pings as openpi's client does, every 20 seconds (five times in a shorter run), and gives up where no
 * pong comes before the next ping.
 */
import { writeFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OpenpiClient, picture } from "../test/support/openpi-client.ts";
import { startServer } from "./start-server.ts";

const [model = "", , seconds = "50"] = process.argv.slice(2);
const every = Math.min(20_000, (1000 * Number(seconds)) / 5);
const folder = mkdtempSync(join(tmpdir(), "vla-pruner-block-"));
const pruner = join(folder, "blocking.mjs");
writeFileSync(
  pruner,
  `export const blocking = () => ({
    name: "blocking",
    retention: 1,
    select({ observation, vision }) {
      if (observation.instruction === "block")
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${1000 * Number(seconds)});
      return { decision: "dense", keep: Int32Array.from({ length: vision }, (_, index) => index), reason: "all" };
    },
  });`,
);
const server = await startServer(model, "--pruner", `${pruner}#blocking`, "--retention", "1");
try {
  const clients = await Promise.all(
    Array.from({ length: 4 }, () => OpenpiClient.open(`ws://127.0.0.1:${server.port}`)),
  );
  let [pongs, missed] = [0, 0];
  const timers = clients.map(({ socket }) => {
    let waiting = false;
    socket.on("pong", () => {
      waiting = false;
      pongs += 1;
    });
    return setInterval(() => {
      if (waiting) missed += 1;
      waiting = true;
      socket.ping();
    }, every);
  });
  const started = performance.now();
  const answers = await Promise.all(
    clients.map((client, index) =>
      client.infer({ "observation/image": picture(index, 224), prompt: index === 0 ? "block" : "wait" }),
    ),
  );
  for (const timer of timers) clearInterval(timer);
  const health = (await fetch(`http://127.0.0.1:${server.port}/healthz`)).status;
  const took = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `blocked ${seconds} s: ${answers.length} of 4 connections alive and answered after ${took} s, ${pongs} pongs, ${missed} missed, health ${health}`,
  );
  process.exitCode = missed === 0 ? 0 : 1;
} finally {
  await server.stop();
  rmSync(folder, { recursive: true });
}
