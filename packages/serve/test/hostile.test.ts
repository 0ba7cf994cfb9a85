import assert from "node:assert/strict";
import { connect } from "node:net";
import fc from "fast-check";
import { VlaPrunerError } from "@vla-pruner/core";
import { pack } from "../src/codec/pack.ts";
import { alone } from "./support/alone.ts";
import { actionsOf, libero, OpenpiClient, picture } from "./support/openpi-client.ts";
import { Hold, serving, stopAll } from "./support/serving.ts";

const STEPS = [0, 1, 2, 3, 4, 5, 6, 7];
/** Mutated frames; the server answers each with a text or an action. */
const FRAMES = Number(process.env["VLA_PRUNER_MUTATED_FRAMES"] ?? 1000);

describe("a server among hostile clients", () => {
  afterEach(stopAll);

  it(`answers ${FRAMES} mutated frames, each of them, while a robot gets what it gets alone`, async function () {
    this.timeout(120_000 * Math.max(1, FRAMES / 1000));
    const { server } = await serving({ maxSessions: 1000, episodeGap: 3600 }); // The robot waits for many frames between its calls.
    const robot = await OpenpiClient.open(server.url);
    const hostile = await OpenpiClient.open(server.url);
    const frames = [
      pack(libero(1), "openpi"),
      pack({ ...libero(2), reset: true, session_id: "a", endpoint: "infer" }, "openpi"),
      pack({ images: { cam_high: picture(3) }, state: picture(4), prompt: "x" }, "vla-eval"),
    ];
    const got = [];
    let sent = 0;
    const arbitrary = fc.tuple(
      fc.nat(frames.length - 1),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }),
      fc.nat(9),
      fc.nat(),
    );
    const mutated = fc.sample(arbitrary, { numRuns: FRAMES, seed: 7 });
    for (const step of STEPS) {
      const part = mutated.slice((step * FRAMES) / STEPS.length, ((step + 1) * FRAMES) / STEPS.length);
      for (const [index, flips, kind, at] of part) {
        const frame = Buffer.from(frames[index] ?? new Uint8Array());
        for (const [place, value] of flips) frame[place % frame.length] = value;
        const cut =
          kind === 0
            ? frame.subarray(0, at % frame.length)
            : kind === 1
              ? Buffer.concat([frame, frame.subarray(at % frame.length)])
              : frame;
        hostile.socket.send(cut);
        const answer = await hostile.receive();
        assert.ok(
          typeof answer !== "string" || /^(?:[a-z-]+: expected [^\n]+|reset successful)$/u.test(answer),
          String(answer),
        );
        sent += 1;
      }
      got.push(actionsOf(await robot.infer(libero(step))));
    }
    assert.equal(sent, FRAMES);
    assert.deepEqual(got, await alone(STEPS));
    assert.deepEqual(Object.keys(Object.prototype), []);
  });

  it("lives through bytes that are no HTTP, broken websocket frames and bodies that never end", async () => {
    const { server, http } = await serving();
    const upgrade =
      "GET / HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
    const hostile = [
      "\u0000\u0001\u0002",
      "GET /act HTTP/9.9\r\n\r\n",
      `${upgrade}\u00ff\u00ff\u00ff`,
      `${upgrade}\u0082\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff0000`,
      "POST /act HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000000000\r\n\r\n{",
      "POST /act HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
      `GET /${"x".repeat(100_000)} HTTP/1.1\r\nhost: x\r\n\r\n`,
      "GET /../../etc/passwd HTTP/1.1\r\nhost: x\r\n\r\n",
    ];
    await Promise.all(
      hostile.map(
        (bytes) =>
          new Promise<void>((resolve) => {
            const socket = connect(server.port, "127.0.0.1", () => socket.end(Buffer.from(bytes, "latin1")));
            socket.on("error", () => undefined).on("close", () => resolve());
            socket.resume();
          }),
      ),
    );
    assert.equal((await fetch(`${http}/healthz`)).status, 200);
    const robot = await OpenpiClient.open(server.url);
    assert.deepEqual(actionsOf(await robot.infer(libero(0))), (await alone([0]))[0]);
  });

  it("loads a lost policy again: the call under way fails, every memory goes on", async () => {
    const hold = new Hold();
    const { server, hosts, events } = await serving({}, { around: hold.around });
    const robots = [await OpenpiClient.open(server.url), await OpenpiClient.open(server.url)] as const;
    const got: number[][][][] = [[], []];
    const play = async (index: 0 | 1, step: number): Promise<void> => {
      const call = robots[index].infer(libero(step + 10 * index));
      await hold.caught();
      hold.release();
      got[index]?.push(actionsOf(await call));
    };
    for (const step of [0, 1, 2]) for (const index of [0, 1] as const) await play(index, step);
    const failing = assert.rejects(
      robots[0].infer(libero(99)),
      /worker-lost: expected a worker that goes on/u,
    );
    await hold.caught();
    const waiting = robots[1].infer(libero(13));
    hosts[0]?.lose(
      new VlaPrunerError("worker-lost", {
        expected: "a worker that goes on",
        found: "its end",
        fix: "call again",
      }),
    );
    await failing;
    hold.release(); // Of the policy that is lost.
    await hold.caught();
    hold.release();
    got[1]?.push(actionsOf(await waiting));
    await play(0, 3);
    assert.deepEqual(got, [await alone([0, 1, 2, 3]), await alone([10, 11, 12, 13])]);
    assert.equal(hosts.length, 2);
    assert.ok(events.some(({ kind }) => kind === "policy-lost"));
  });
});
