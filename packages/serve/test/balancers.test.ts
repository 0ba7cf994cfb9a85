import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { writeBody } from "../src/codec/json-numpy.ts";
import { alone } from "./support/alone.ts";
import { actionsOf, libero, OpenpiClient, picture } from "./support/openpi-client.ts";
import { serving, stopAll } from "./support/serving.ts";

const EXAMPLES = new URL("../../../examples/serving/", import.meta.url);
/** Debian has them as packages; where one is not installed, its test says that it was skipped. */
const BALANCERS = {
  haproxy: { config: "haproxy.cfg", version: "-v", start: (file: string) => ["-db", "-f", file] },
  nginx: { config: "nginx.conf", version: "-v", start: (file: string) => ["-c", file] },
} as const;

describe("several servers behind one address", () => {
  afterEach(stopAll);

  for (const [program, { config, version, start }] of Object.entries(BALANCERS)) {
    const installed = spawnSync(program, [version]).status === 0;
    const name = `${program}: connections and sessions stay with their server`;
    if (!installed) {
      it.skip(`${name} (SKIPPED: ${program} is not installed)`);
      continue;
    }
    it(name, async () => {
      const servers = [await serving(), await serving()];
      const port = await freePort();
      const folder = mkdtempSync(join(tmpdir(), "vla-pruner-balancer-"));
      const file = join(folder, config);
      const ports = [port, ...servers.map(({ server }) => server.port)];
      const text = readFileSync(new URL(config, EXAMPLES), "utf8")
        .replace("/tmp/vla-pruner-nginx.pid", join(folder, "pid"))
        .replaceAll(/127\.0\.0\.1:800(\d)/gu, (_, index: string) => `127.0.0.1:${ports[Number(index)]}`);
      writeFileSync(file, text);
      const balancer = spawn(program, start(file), { stdio: "ignore" });
      try {
        await answering(port);
        const steps = [0, 1, 2, 3];
        const robots = [0, 10, 20, 30, 40, 50, 60, 70].map(async (offset) => {
          const client = await OpenpiClient.open(`ws://127.0.0.1:${port}`);
          const got = [];
          for (const step of steps) got.push(actionsOf(await client.infer(libero(step + offset))));
          assert.deepEqual(got, await alone(steps.map((step) => step + offset)));
          return client;
        });
        const sessions = ["a", "b", "c", "d", "e", "f"].map(async (session) => {
          const numbers = [];
          for (const step of steps) {
            const body = writeBody(
              { image: picture(step), instruction: "stack", state: [1, 2, 3, 4, 5, 6, 7, 8] },
              false,
            );
            const answer = await fetch(`http://127.0.0.1:${port}/act`, {
              method: "POST",
              body,
              headers: { "x-session-id": session },
            });
            numbers.push((JSON.parse(answer.headers.get("x-vla-pruner") ?? "{}") as { step: number }).step);
          }
          assert.deepEqual(numbers, steps, `session ${session}`);
        });
        const clients = await Promise.all(robots);
        await Promise.all(sessions);
        const used = servers.map(({ resets }) => resets().length);
        assert.ok(Math.min(...used) > 0, `episodes by server: ${used.join(", ")}`);
        await Promise.all(clients.map((client) => client.close()));
      } finally {
        balancer.kill("SIGTERM");
        await once(balancer, "exit");
        rmSync(folder, { recursive: true });
      }
    });
  }
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}

async function answering(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const ok = await fetch(`http://127.0.0.1:${port}/healthz`).then(
      ({ ok: well }) => well,
      () => false,
    );
    if (ok) return;
    await sleep(50);
  }
  throw new Error("the balancer does not answer");
}
