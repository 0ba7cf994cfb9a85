import assert from "node:assert/strict";
import { request } from "node:http";
import { readBody, writeBody } from "../src/codec/json-numpy.ts";
import { NumpyArray } from "../src/codec/numpy-array.ts";
import type { Fields } from "../src/codec/unpack.ts";
import { actionsOf, OpenpiClient, picture } from "./support/openpi-client.ts";
import { Hold, serving, stopAll } from "./support/serving.ts";

const state = Array.from({ length: 8 }, (_, index) => index / 10);

async function post(
  url: string,
  body: string,
  headers: Record<string, string> = {},
): Promise<[number, string]> {
  const answer = await fetch(url, { method: "POST", body, headers });
  return [answer.status, await answer.text()];
}

const rows = (value: unknown): number[] =>
  value instanceof NumpyArray ? Array.from(value.data as Float64Array) : (value as number[]);

/** A picture as clients send it that forgot to patch their json. */
function lists({ data }: NumpyArray): number[][][] {
  const pixel = (index: number): number[] =>
    Array.from(data.subarray(3 * index, 3 * index + 3) as Uint8Array);
  return [0, 1, 2, 3].map((row) => [0, 1, 2, 3].map((column) => pixel(4 * row + column)));
}

describe("POST /act", () => {
  afterEach(stopAll);

  it("answers each client's body in its own form, with the actions that openpi's gets", async () => {
    const { server, http } = await serving(
      {},
      { views: ["image", "left_wrist_image", "right_wrist_image"], horizon: 2 },
    );
    const [main, left, right] = [picture(0), picture(1), picture(2)];
    const rest = { state, instruction: "stack" };
    const openpi = await OpenpiClient.open(server.url);
    const expected = actionsOf(
      await openpi.infer({
        images: { cam_high: main, cam_left_wrist: left, cam_right_wrist: right },
        state: new NumpyArray("<f8", [8], Float64Array.from(state)),
        prompt: "stack",
      }),
    );
    const bodies: Readonly<Record<string, readonly [Fields, (reply: unknown) => number[][]]>> = {
      oft: [
        { full_image: main, left_wrist_image: left, right_wrist_image: right, ...rest },
        (reply) => (reply as unknown[]).map(rows),
      ],
      yam: [
        { top_cam: main, left_cam: left, right_cam: right, ...rest, num_steps: 10 },
        (reply) => actionsOf(reply as Fields),
      ],
      go1: [
        { top: main, left, right, ...rest, ctrl_freqs: new NumpyArray("<i8", [1], BigInt64Array.of(30n)) },
        (reply) => reply as number[][],
      ],
      "openvla, unpatched": [
        {
          image: lists(main),
          left_wrist_image: lists(left),
          right_wrist_image: lists(right),
          ...rest,
          unnorm_key: "fake_set",
        },
        (reply) => [rows(reply)],
      ],
    };
    for (const [name, [fields, read]] of Object.entries(bodies)) {
      const [status, text] = await post(`${http}/act`, writeBody({ ...fields, session_id: name }, false));
      assert.equal(status, 200, text);
      const { fields: reply } = readBody(`{"reply": ${text}}`);
      const actions = read(reply["reply"]);
      assert.deepEqual(actions, name.startsWith("openvla") ? expected.slice(0, 1) : expected, name);
      const twice = await post(
        `${http}/act`,
        JSON.stringify({ encoded: writeBody({ ...fields, session_id: `${name} twice` }, false) }),
      );
      assert.deepEqual(read(readBody(`{"reply": ${JSON.parse(twice[1])}}`).fields["reply"]), actions);
    }
  });

  it("knows a robot by its session, else by its address, and forgets by POST /reset, prompt and gap", async () => {
    const { http } = await serving({ episodeGap: 0.2 });
    const step = async (more: Fields = {}, headers: Record<string, string> = {}): Promise<unknown> => {
      const body = writeBody({ image: picture(0), instruction: "stack", state, ...more }, false);
      const answer = await fetch(`${http}/act`, { method: "POST", body, headers });
      const { step: number, reset } = JSON.parse(answer.headers.get("x-vla-pruner") ?? "{}") as Fields;
      return [number, reset];
    };
    assert.deepEqual(await step(), [0, "session"]);
    assert.deepEqual(await step(), [1, ""]);
    assert.deepEqual(await step({ session_id: "other" }), [0, "session"]);
    assert.deepEqual(await step({}, { "x-session-id": "third" }), [0, "session"]);
    assert.deepEqual(await step({ instruction: "pour" }), [0, "prompt"]);
    assert.deepEqual(await post(`${http}/reset`, ""), [200, '{"status":"reset successful"}']);
    assert.deepEqual(await step({ instruction: "pour" }), [0, "endpoint"]);
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.deepEqual(await step({ instruction: "pour" }), [0, "gap"]);
  });

  it("refuses with a status and one line: no JSON, another statistics' key, two calls at once, other paths", async () => {
    const hold = new Hold();
    const { http } = await serving({ maxBytes: 10_000 }, { around: hold.around });
    const body = writeBody({ image: picture(0), instruction: "stack", state }, false);
    for (const [path, sent, status, words] of [
      ["/act", "{", 400, "a body of JSON"],
      ["/act", "[1]", 400, "an object of names and values"],
      ["/act", '{"image": NaN}', 400, "without NaN"],
      ["/act", '{"__proto__": 1}', 400, "__proto__"],
      ["/act", `${"[".repeat(5000)}${"]".repeat(5000)}`, 400, "at most 16 levels"],
      ["/act", writeBody({ image: picture(0), unnorm_key: "bridge_orig" }, false), 400, "fake_set"],
      ["/act", `"${"x".repeat(20_000)}"`, 413, "at most 10000 bytes"],
      ["/infer", body, 404, "/act"],
    ] as const) {
      const [got, text] = await post(`${http}${path}`, sent);
      assert.equal(got, status, text);
      const { error } = JSON.parse(text) as { error: string };
      assert.ok(error.includes(words) && !error.includes("\n"), error);
    }
    assert.equal((await post(`${http}/act`, body, { "content-type": "application/x-pickle" }))[0], 415);
    assert.equal((await fetch(`${http}/metrics`, { method: "DELETE" })).status, 405);
    const first = post(`${http}/act`, body);
    await hold.caught();
    const [status, text] = await post(`${http}/act`, body);
    assert.deepEqual([status, /session_id/u.test(text)], [503, true]);
    hold.release();
    assert.equal((await first)[0], 200);
  });

  it("accepts a body without a content type, and says that it is well", async () => {
    const { server, http } = await serving();
    const body = writeBody({ image: picture(0), instruction: "stack", state }, false);
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const sent = request({ port: server.port, path: "/act", method: "POST" }, (answer) =>
        resolve(answer.resume().statusCode),
      );
      sent.on("error", reject).end(body);
    });
    assert.equal(status, 200);
    for (const path of ["/healthz", "/health", "/act"]) assert.equal((await fetch(http + path)).status, 200);
    const metadata = (await (await fetch(`${http}/metadata`)).json()) as Fields;
    assert.deepEqual(
      [metadata["architecture"], metadata["cameras"], metadata["state"]],
      ["fake", "image", 8],
    );
    const metrics = await (await fetch(`${http}/metrics`)).text();
    for (const line of [
      'vla_pruner_calls_total{protocol="act",outcome="served"} 1',
      'vla_pruner_resets_total{reason="session"} 1',
      "vla_pruner_dense_calls_total 1",
      "vla_pruner_kept_tokens_total 16",
      'vla_pruner_stage_seconds_count{stage="encodeVision"} 1',
      "vla_pruner_policies 1",
    ])
      assert.ok(metrics.includes(`${line}\n`), line);
  });
});
