import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { hasCode } from "@vla-pruner/core/testing";
import { remotePolicy } from "../src/client/index.ts";
import { servePolicy } from "../src/index.ts";
import { FakeHost } from "./support/fake-host.ts";
import { libero, OpenpiClient, picture } from "./support/openpi-client.ts";
import { Hold, serving, stopAll } from "./support/serving.ts";

/** A certificate for localhost of this test alone, until 2126. */
const TLS = {
  cert: readFileSync(new URL("./support/localhost.cert.pem", import.meta.url)),
  key: readFileSync(new URL("./support/localhost.key.pem", import.meta.url)),
};

async function start(): Promise<FakeHost> {
  return new FakeHost();
}

describe("who may call a server", () => {
  afterEach(stopAll);

  it("whoever has the key, over TLS", async () => {
    const { server } = await serving({ apiKey: "0123456789", tls: TLS });
    assert.match(server.url, /^wss:/u);
    const trust = { ca: TLS.cert };
    const open = (authorization?: string): Promise<OpenpiClient> =>
      OpenpiClient.open(`wss://localhost:${server.port}`, {
        ...trust,
        ...(authorization && { headers: { authorization } }),
      });
    for (const wrong of [undefined, "Api-Key 012345678", "Api-Key 01234567890", "Basic 0123456789"])
      await assert.rejects(open(wrong), /closed/u);
    for (const right of ["Api-Key 0123456789", "Bearer 0123456789"]) {
      const client = await open(right);
      assert.equal((await client.infer(libero(0)))["request_id"], undefined);
    }
  });

  it("clients of ours say the key as browsers can; health is open to all", async () => {
    const { server, http } = await serving({ apiKey: "0123456789" });
    for (const path of ["/act", "/reset"])
      assert.equal((await fetch(http + path, { method: "POST", body: "{}" })).status, 401);
    assert.equal((await fetch(`${http}/metrics`)).status, 401);
    assert.equal((await fetch(`${http}/healthz`)).status, 200);
    await assert.rejects(remotePolicy(server.url), hasCode("server-unreachable"));
    const remote = await remotePolicy(server.url, { apiKey: "0123456789" });
    await remote.reset();
    await remote.dispose();
  });

  it("no web page of elsewhere: not over a websocket, not by POST", async () => {
    const { server, http } = await serving({ origins: ["https://mine.example"] });
    const headers = { origin: "https://evil.example" };
    await assert.rejects(OpenpiClient.open(server.url, { headers }), /closed/u);
    assert.equal((await fetch(`${http}/act`, { method: "POST", body: "{}", headers })).status, 403);
    const client = await OpenpiClient.open(server.url, { headers: { origin: "https://mine.example" } });
    await client.infer(libero(0));
  });

  it("nobody beyond this machine without a key, unless it is open on purpose", async () => {
    for (const options of [
      { host: "0.0.0.0" },
      { apiKey: "short" },
      { port: 70_000 },
      { episodeGap: 0 },
      { maxSessions: 0.5 },
    ])
      await assert.rejects(servePolicy({ start, ...options }), hasCode("invalid-option"));
    const { server } = await serving({ host: "0.0.0.0", open: true });
    await (await OpenpiClient.open(`ws://127.0.0.1:${server.port}`)).infer(libero(0));
    await assert.rejects(servePolicy({ start, port: server.port }), hasCode("output-unwritable"));
  });

  it("no more robots, calls and bytes than it was told; then it says so, and a place that is free again is given", async () => {
    const hold = new Hold();
    const { server, http, events } = await serving(
      { maxSessions: 2, maxQueue: 1, maxBytes: 2000, episodeGap: 0.05 },
      { around: hold.around },
    );
    const one = await OpenpiClient.open(server.url);
    const two = await OpenpiClient.open(server.url);
    await assert.rejects(OpenpiClient.open(server.url), /closed/u);
    assert.ok(
      events.some(
        (event) =>
          event.kind === "refused" && event.status === 503 && event.why.includes("at most 2 sessions"),
      ),
    );
    const body = JSON.stringify({ instruction: "x" });
    assert.equal((await fetch(`${http}/act`, { method: "POST", body })).status, 503);
    const running = one.infer(libero(0));
    await hold.caught();
    const queued = two.infer(libero(0));
    while ((await (await fetch(`${http}/metrics`)).text()).includes("vla_pruner_queue 0\n")) continue;
    one.send(libero(1)); // Heard after the first is answered: the queue is empty then.
    hold.release();
    await running;
    await hold.caught();
    hold.release();
    await queued;
    await hold.caught();
    hold.release();
    await one.receive();
    await two.close();
    const three = await OpenpiClient.open(server.url);
    three.send({ ...libero(0), "observation/image": picture(0, 40) });
    await assert.rejects(three.receive(), /closed/u);
    assert.equal((await fetch(`${http}/healthz`)).status, 200);
  });
});
