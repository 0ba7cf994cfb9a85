import assert from "node:assert/strict";
import { once } from "node:events";
import { NumpyArray } from "../src/codec/numpy-array.ts";
import type { Fields } from "../src/codec/unpack.ts";
import { alone } from "./support/alone.ts";
import { actionsOf, libero, OpenpiClient, picture } from "./support/openpi-client.ts";
import { Hold, serving, stopAll } from "./support/serving.ts";

const pruning = (reply: Fields): Fields => reply["pruning"] as Fields;

describe("openpi's protocol", () => {
  afterEach(stopAll);

  it("speaks first, and gives each of two robots at once what it gets alone", async () => {
    const { server } = await serving();
    const steps = Array.from({ length: 36 }, (_, step) => step);
    const robot = async (offset: number): Promise<number[][][]> => {
      const client = await OpenpiClient.open(server.url);
      assert.equal(client.metadata["server"], "vla-pruner");
      const all = [];
      for (const step of steps) all.push(actionsOf(await client.infer(libero(step + offset))));
      await client.close();
      return all;
    };
    const [one, other] = await Promise.all([robot(0), robot(100)]);
    assert.deepEqual(one, await alone(steps));
    assert.deepEqual(other, await alone(steps.map((step) => step + 100)));
  });

  it("answers with one array and the same names at every call", async () => {
    const { server } = await serving();
    const client = await OpenpiClient.open(server.url);
    const names = (value: unknown): unknown =>
      value instanceof NumpyArray
        ? value.shape.length
        : typeof value === "object" && value !== null
          ? Object.fromEntries(Object.entries(value).map(([name, part]) => [name, names(part)]))
          : typeof value;
    const replies = [];
    for (const step of [0, 1, 2, 3]) replies.push(await client.infer({ ...libero(step), request_id: step }));
    const [first, ...rest] = replies.map(names);
    for (const other of rest) assert.deepEqual(other, first);
    assert.deepEqual(Object.keys(first as object), [
      "actions",
      "server_timing",
      "policy_timing",
      "pruning",
      "request_id",
    ]);
    assert.deepEqual(
      replies.map((reply) => [
        pruning(reply)["step"],
        pruning(reply)["kept"],
        pruning(reply)["dense"],
        reply["request_id"],
      ]),
      [
        [0, 16, true, 0],
        [1, 16, true, 1],
        [2, 4, false, 2],
        [3, 4, false, 3],
      ],
    );
  });

  it("begins an episode by reset, endpoint, another prompt, a gap and a connection, and says why", async () => {
    const { server, resets } = await serving({ episodeGap: 0.2 });
    const client = await OpenpiClient.open(server.url);
    const dense = await alone([0]);
    const other = "open the drawer";
    const requests: readonly (readonly [Fields, string])[] = [
      [libero(0), "connection"],
      [{ ...libero(0), reset: true }, "reset"],
      [libero(0, other), "prompt"],
    ];
    for (const [request, reason] of requests) {
      const reply = await client.infer(request);
      assert.deepEqual([pruning(reply)["reset"], pruning(reply)["step"]], [reason, 0]);
    }
    const going = await client.infer({ ...libero(1, other), reset: false });
    assert.deepEqual([pruning(going)["reset"], pruning(going)["step"]], ["", 1]);
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(pruning(await client.infer(libero(0, other)))["reset"], "gap");
    client.send({ endpoint: "reset" });
    assert.equal(await client.receive(), "reset successful");
    const reply = await client.infer({ ...libero(0), endpoint: "infer", session_id: "a" });
    assert.deepEqual([pruning(reply)["reset"], actionsOf(reply)], ["session", dense[0]]);
    assert.equal(pruning(await client.infer({ ...libero(0), endpoint: "infer" }))["reset"], "endpoint");
    // This client says itself when an episode begins: nothing else counts any more.
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(pruning(await client.infer({ ...libero(0, other), endpoint: "infer" }))["reset"], "");
    assert.deepEqual(resets(), ["connection", "reset", "prompt", "gap", "session", "endpoint"]);
  });

  it("keeps the memories of several robots of one connection apart", async () => {
    const { server } = await serving();
    const client = await OpenpiClient.open(server.url);
    const got: Record<string, number[][][]> = { a: [], b: [] };
    for (const step of [0, 1, 2, 3])
      for (const name of ["a", "b"])
        got[name]?.push(actionsOf(await client.infer({ ...libero(step), env_id: name })));
    const expected = await alone([0, 1, 2, 3]);
    assert.deepEqual(got, { a: expected, b: expected });
  });

  it("tells of an error in one line, and goes on from the memory as it was", async () => {
    const { server } = await serving();
    const client = await OpenpiClient.open(server.url);
    const got = [];
    for (const step of [0, 1, 2, 3]) {
      for (const wrong of [
        { ...libero(step), "observation/image": new NumpyArray("|u1", [4, 4], new Uint8Array(16)) },
        { ...libero(9, "another task"), "observation/image": picture(0).data },
        { ...libero(step), reset: "yes" },
        {
          ...libero(step, "another task"),
          "observation/state": new NumpyArray("<f4", [2], Float32Array.from([Number.NaN, 1])),
        },
      ])
        await assert.rejects(client.infer(wrong), /^Error: observation-invalid: expected [^\n]*$/u);
      client.socket.send("hello");
      assert.match(String(await client.receive()), /^observation-invalid: expected a binary message/u);
      got.push(actionsOf(await client.infer(libero(step))));
    }
    assert.deepEqual(got, await alone([0, 1, 2, 3]));
  });

  it("drops what a robot asked for that is gone; the others go on", async () => {
    const hold = new Hold();
    const { server, hosts } = await serving({}, { around: hold.around });
    const clients = await Promise.all([0, 1, 2].map(() => OpenpiClient.open(server.url)));
    const [staying, leaving, waiting] = clients as [OpenpiClient, OpenpiClient, OpenpiClient];
    const answer = staying.infer(libero(0));
    await hold.caught();
    leaving.send(libero(1));
    const last = waiting.infer(libero(2));
    leaving.socket.terminate();
    await once(leaving.socket, "close");
    while ((await stillThere(server.port)) > 2) await tick();
    hold.release();
    await answer;
    await hold.caught();
    hold.release();
    const expected = await alone([2]);
    assert.deepEqual(actionsOf(await last), expected[0]);
    assert.equal(hosts[0]?.adapter.calls.filter((stage) => stage === "prepare").length, 2);
  });
});

async function stillThere(port: number): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return Number(/^vla_pruner_sessions (\d+)$/mu.exec(text)?.[1]);
}

function tick(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5));
}
