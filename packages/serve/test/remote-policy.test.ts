import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { Socket } from "node:net";
import { networkInterfaces } from "node:os";
import { ActionQueue, keepAll } from "@vla-pruner/core";
import type { Episode, ObservationInput, StepResult } from "@vla-pruner/core";
import { hasCode } from "@vla-pruner/core/testing";
import { remotePolicy } from "../src/client/index.ts";
import { FakeHost } from "./support/fake-host.ts";
import { picture } from "./support/openpi-client.ts";
import { Hold, serving, stopAll } from "./support/serving.ts";

const observe = (step: number): ObservationInput => ({
  images: { image: { data: picture(step).data as Uint8Array, width: 4, height: 4, channels: 3 } },
  instruction: "stack",
  state: [step],
  extras: { depth: Float32Array.of(1, 2), note: "mine" },
});

function local(): Episode {
  return new FakeHost().startEpisode({ id: "near" });
}

async function play(episode: Episode, steps: readonly number[]): Promise<object[]> {
  const results = [];
  for (const step of steps) results.push(outcome(await episode.act(observe(step))));
  return results;
}

function outcome({ timings, episode: _episode, ...rest }: StepResult): object {
  return { ...rest, stages: Object.keys(timings) };
}

describe("a remote policy", () => {
  afterEach(stopAll);

  it("acts, forgets, saves and restores as one in this process does, several episodes at once", async () => {
    const { server } = await serving();
    const remote = await remotePolicy(server.url);
    const steps = [0, 1, 2, 3];
    const expected = await play(local(), steps);
    const other = remote.startEpisode({ id: "mine" });
    assert.deepEqual(await Promise.all([play(remote, steps), play(other, steps)]), [expected, expected]);
    await remote.reset();
    assert.deepEqual(await remote.saveState(), local().saveState());
    await play(remote, [0, 1]);
    const state = await remote.saveState();
    await play(remote, [7, 8]);
    await remote.restoreState(state);
    assert.deepEqual(await play(remote, [2, 3]), expected.slice(2));
    assert.equal((await other.act(observe(0))).episode, "mine");
    const queue = new ActionQueue(remote.startEpisode());
    assert.deepEqual(
      (await queue.next(() => observe(0))).action,
      (await new ActionQueue(local()).next(() => observe(0))).action,
    );
    assert.deepEqual(remote.adapter.layout, new FakeHost().adapter.layout);
    await remote.dispose();
    await assert.rejects(remote.act(observe(0)), hasCode("disposed"));
  });

  it("goes on with its memory after a connection that broke, and says where a server forgot it", async () => {
    const forgotten: string[] = [];
    const { server, hosts } = await serving();
    const relay = await relayTo(server.port);
    const remote = await remotePolicy(`ws://127.0.0.1:${relay.port}`, {
      onForgotten: (id) => void forgotten.push(id),
    });
    const expected = await play(local(), [0, 1, 2, 3]);
    assert.deepEqual(await play(remote, [0, 1]), expected.slice(0, 2));
    await relay.cut();
    assert.deepEqual(await play(remote, [2, 3]), expected.slice(2));
    assert.deepEqual([forgotten, hosts.length], [[], 1]);
    const other = await serving();
    relay.to(other.server.port);
    await relay.cut();
    assert.deepEqual(await play(remote, [0, 1, 2, 3]), expected);
    assert.deepEqual(forgotten, [remote.id]);
    await remote.dispose();
    relay.close();
  });

  it("fails at once when it is late, cancelled or cut off, and the memory stays", async () => {
    const hold = new Hold();
    const { server } = await serving({}, { around: hold.around });
    const relay = await relayTo(server.port);
    const remote = await remotePolicy(`ws://127.0.0.1:${relay.port}`);
    // What is asked after a cancellation is answered after it.
    const told = (): Promise<void> => remote.startEpisode().reset();
    await assert.rejects(remote.act(observe(9), { deadline: 20 }), hasCode("deadline-exceeded"));
    await hold.caught();
    await told();
    hold.release();
    const controller = new AbortController();
    const cancelled = remote.act(observe(8), { signal: controller.signal });
    await hold.caught();
    controller.abort();
    await assert.rejects(cancelled, hasCode("cancelled"));
    await told();
    hold.release();
    const cut = remote.act(observe(7));
    await hold.caught();
    await Promise.all([relay.cut(), assert.rejects(cut, hasCode("server-unreachable"))]);
    hold.release();
    const call = remote.act(observe(0));
    await hold.caught();
    hold.release();
    assert.deepEqual(outcome(await call), (await play(local(), [0]))[0]);
    await remote.dispose();
    relay.close();
  });

  it("is given no action that is not a number, and goes on from the memory that it had", async () => {
    let broken = true;
    const { server } = await serving(
      {},
      {
        around: {
          async toAction(_input, next) {
            const chunk = await next();
            return broken ? { ...chunk, actions: [[Number.NaN]] } : chunk;
          },
        },
      },
    );
    const remote = await remotePolicy(server.url);
    await assert.rejects(remote.act(observe(1)), hasCode("action-invalid"));
    broken = false;
    assert.deepEqual(outcome(await remote.act(observe(0))), (await play(local(), [0]))[0]);
    await remote.dispose();
  });

  for (const host of ["127.0.0.1", "localhost", "::1"])
    it(`reaches a server where that says it listens, on ${host}`, async function () {
      const there = Object.values(networkInterfaces()).flatMap((one) => one ?? []);
      if (host === "::1" && !there.some(({ address }) => address === host)) return this.skip();
      const { server } = await serving({ host });
      const remote = await remotePolicy(server.url);
      assert.deepEqual(outcome(await remote.act(observe(0))), (await play(local(), [0]))[0]);
      return remote.dispose();
    });

  it("hears the server's errors as they are, and follows no path that it is sent", async () => {
    const { server } = await serving();
    const remote = await remotePolicy(server.url);
    await assert.rejects(remote.act({ images: {} }), hasCode("observation-invalid"));
    await assert.rejects(remote.act({ ...observe(0), state: [Number.NaN] }), hasCode("observation-invalid"));
    await assert.rejects(remote.restoreState({ step: -1, history: {} }), hasCode("state-invalid"));
    const pruner = keepAll() as unknown as never;
    assert.throws(() => remote.startEpisode({ pruner }), hasCode("invalid-option"));
    await remote.dispose();
    await assert.rejects(remotePolicy("http://127.0.0.1"), hasCode("invalid-option"));
    await assert.rejects(remotePolicy(server.url, { connectTimeout: Number.NaN }), hasCode("invalid-option"));
    await assert.rejects(remotePolicy("ws://127.0.0.1:9"), hasCode("server-unreachable"));
  });
});

/** A cable that can be cut, and plugged in elsewhere. */
async function relayTo(
  port: number,
): Promise<{ port: number; to: (port: number) => void; cut: () => Promise<void>; close: () => void }> {
  let target = port;
  const ends = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(target, "127.0.0.1");
    for (const end of [near, far]) {
      ends.add(end);
      end.on("error", () => undefined).on("close", () => ends.delete(end));
    }
    near.pipe(far).pipe(near);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    to: (next) => void (target = next),
    cut: async () => {
      const closed = [...ends].map((end) => once(end, "close"));
      for (const end of ends) end.destroy();
      await Promise.all(closed);
      // The client's own end hears of it in the next turn.
      await new Promise((resolve) => setTimeout(resolve, 20));
    },
    close: () => void server.close(),
  };
}
