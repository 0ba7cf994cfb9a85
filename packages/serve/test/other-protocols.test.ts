import assert from "node:assert/strict";
import { PNG } from "pngjs";
import { WebSocket } from "ws";
import { NumpyArray } from "../src/codec/numpy-array.ts";
import { pack } from "../src/codec/pack.ts";
import type { Dialect } from "../src/codec/pack.ts";
import { unpackMap } from "../src/codec/unpack.ts";
import type { Fields } from "../src/codec/unpack.ts";
import { actionsOf, libero, OpenpiClient, picture } from "./support/openpi-client.ts";
import { serving, stopAll } from "./support/serving.ts";

/** A client that speaks first, and waits for each answer. */
class Talker {
  readonly #socket: WebSocket;
  readonly #dialect: Dialect;

  private constructor(socket: WebSocket, dialect: Dialect) {
    this.#socket = socket;
    this.#dialect = dialect;
  }

  static async open(url: string, dialect: Dialect): Promise<Talker> {
    const socket = new WebSocket(url);
    await new Promise((resolve, reject) => socket.on("open", resolve).on("error", reject));
    return new Talker(socket, dialect);
  }

  tell(message: Fields): void {
    this.#socket.send(pack(message, this.#dialect));
  }

  ask(message: Fields): Promise<Fields> {
    const answer = new Promise<Fields>((resolve) => {
      this.#socket.once("message", (data: Buffer) => resolve(unpackMap(data)));
    });
    this.tell(message);
    return answer;
  }

  close(): void {
    this.#socket.close();
  }
}

/** The chunks that openpi's client gets for the same observations. */
async function chunks(url: string, steps: readonly number[]): Promise<number[][][]> {
  const client = await OpenpiClient.open(url);
  const got = [];
  for (const step of steps) got.push(actionsOf(await client.infer(libero(step))));
  await client.close();
  return got;
}

const state = (step: number): NumpyArray =>
  new NumpyArray(
    "<f8",
    [8],
    Float64Array.from({ length: 8 }, (_, index) => step + index / 10),
  );
const instruction = "put the bowl on the plate";

describe("protocols whose clients speak first", () => {
  afterEach(stopAll);

  it("vla-eval: an action an observation, pictures as PNG, episodes by its own frames, its number in each answer", async () => {
    const { server, resets } = await serving({ episodeGap: 0.05 });
    const client = await Talker.open(`${server.url}/vla-eval`, "vla-eval");
    const { type, payload, seq } = await client.ask({ type: "hello", payload: {}, seq: 1, timestamp: 0 });
    assert.deepEqual([type, (payload as Fields)["model_server"], seq], ["hello", "vla-pruner", 1]);
    const expected = await chunks(server.url, [0, 2, 4, 6]);
    for (const episode of [0, 1]) {
      client.tell({ type: "episode_start", payload: { task: { name: instruction } }, seq: 2, timestamp: 0 });
      for (const step of [0, 1, 2, 3, 4, 5, 6]) {
        // Longer than the gap: this client's frames alone count.
        if (step === 3) await new Promise((resolve) => setTimeout(resolve, 100));
        const png = new PNG({ width: 4, height: 4, colorType: 2 });
        const { data } = picture(step);
        for (let pixel = 0; pixel < 16; pixel += 1)
          png.data.set([...(data.subarray(3 * pixel, 3 * pixel + 3) as Uint8Array), 255], 4 * pixel);
        const image = {
          __image__: true,
          format: "png",
          data: PNG.sync.write(png, { colorType: 2 }),
          shape: [4, 4, 3],
        };
        const answer = await client.ask({
          type: "observation",
          payload: { images: { agentview: image }, states: state(step), task_description: instruction },
          seq: 10 * episode + step,
          timestamp: 0,
        });
        const { actions, pruning } = answer["payload"] as Fields;
        // A chunk of two: the model sees every other observation.
        const chunk = expected[Math.floor(step / 2)] ?? [];
        assert.deepEqual(Array.from((actions as NumpyArray).data as Float64Array), chunk[step % 2]);
        assert.deepEqual(
          [answer["seq"], (pruning as Fields)["step"]],
          [10 * episode + step, Math.floor(step / 2)],
        );
      }
      client.tell({ type: "episode_end", payload: {}, seq: 3, timestamp: 0 });
    }
    const wrong = await client.ask({
      type: "observation",
      payload: { states: state(0) },
      seq: 99,
      timestamp: 0,
    });
    assert.deepEqual([wrong["type"], wrong["seq"]], ["error", 99]);
    assert.match(String((wrong["payload"] as Fields)["error"]), /^observation-invalid: /u);
    assert.deepEqual(resets(), ["connection", "connection", "episode-start"]);
  });

  it("XPolicyLab: named actions, trials, and the id of each frame in its answer", async () => {
    const { server, resets } = await serving({
      actionKeys: [
        ["ee_pose", 6],
        ["gripper", 1],
      ],
    });
    const client = await Talker.open(`${server.url}/xpolicylab`, "msgpack-numpy");
    let sent = 0;
    const ask = async (type: string, payload: Fields, trial?: string): Promise<Fields> => {
      sent += 1;
      const answer = await client.ask({
        message_type: type,
        message_id: `m${sent}`,
        evaluation_id: "e",
        trial_id: trial ?? null,
        step: 0,
        payload,
      });
      assert.deepEqual(
        [answer["message_id"], answer["evaluation_id"], answer["trial_id"]],
        [`m${sent}`, "e", trial ?? null],
      );
      return answer;
    };
    assert.equal((await ask("hello", {}))["message_type"], "hello_ack");
    assert.equal((await ask("heartbeat", {}))["message_type"], "heartbeat_ack");
    const expected = await chunks(server.url, [0, 1, 2, 3]);
    for (const trial of ["t1", "t2"]) {
      assert.equal((await ask("reset", { trial_id: trial }, trial))["message_type"], "reset_result");
      for (const step of [0, 1, 2, 3]) {
        const observation = {
          data_format_version: "v1.0",
          instruction,
          vision: { cam_head: { color: picture(step) } },
          state: { arm_joint_state: state(step).data.subarray(0, 7), ee_joint_state: [step + 0.7] },
        };
        const { arm_joint_state: joints, ...rest } = observation.state;
        const whole = {
          ...observation,
          state: { arm_joint_state: new NumpyArray("<f8", [7], joints), ...rest },
        };
        const { message_type: type, payload } = await ask("infer", { observation: whole }, trial);
        assert.equal(type, "infer_result");
        const { actions, latency_ms: latency } = payload as Fields;
        const flat = (actions as { ee_pose: number[]; gripper: number[] }[]).map(({ ee_pose, gripper }) => [
          ...ee_pose,
          ...gripper,
        ]);
        assert.deepEqual([flat, typeof latency], [expected[step], "number"]);
      }
      assert.equal((await ask("trial_end", { trial_id: trial }, trial))["message_type"], "trial_end_ack");
    }
    const { message_type: type, payload } = await ask("infer", { observation: { vision: {} } }, "t2");
    assert.deepEqual([type, (payload as Fields)["code"]], ["error", "infer_failed"]);
    assert.deepEqual(resets(), ["connection", "connection", "trial"]);
  });
});
