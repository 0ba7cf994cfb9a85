import assert from "node:assert/strict";
import { VlaPrunerError } from "@vla-pruner/format";
import { createSimulator } from "../src/environment/create-simulator.ts";
import { testSeed, trainSeed } from "../src/environment/seeds.ts";
import { TabletopEpisode } from "../src/environment/tabletop-episode.ts";
import { heapSize } from "../src/mujoco/heap-size.ts";
import { loadMujoco } from "../src/mujoco/load-mujoco.ts";
import type { ObjectSpec } from "../src/tasks/types.ts";
import { graspAt, goTo, pictures, repeat, standing, start, STILL_OPEN, taskOf } from "./support/scene.ts";

const region = { x: [-0.1, 0.15], y: [-0.2, 0.2] } as const;
const spread = (name: string, kind: ObjectSpec["kind"], colour: string): ObjectSpec => ({
  name,
  kind,
  colour,
  region,
});
const scene = taskOf([
  spread("cube", "cube", "red"),
  spread("cup", "cup", "blue"),
  spread("bowl", "bowl", "white"),
]);

/** Actions that run into things. */
const wild = (step: number): number[] => [
  Math.sin(step),
  Math.cos(step / 3),
  step < 8 ? -1 : Math.sin(step / 5),
  0.2,
  0,
  0.3,
  Math.sin(step / 7),
];

describe("an episode", () => {
  it("is the same again for the same seed and actions, in states and in pictures", async () => {
    const first = await play(4);
    assert.ok(first.equals(await play(4)));
    assert.ok(!first.equals(await play(6)));
  });

  it("goes on from a snapshot to the last bit, in itself and in a new one", async () => {
    const tabletop = await start(scene);
    const trace: Uint8Array[] = [];
    for (let step = 0; step < 40; step += 1) {
      trace.push(tabletop.snapshot());
      tabletop.step(wild(step));
    }
    const other = await start(scene);
    for (const episode of [tabletop, other]) {
      episode.restore(trace[12] ?? assert.fail());
      assert.equal(episode.steps, 12);
      for (let step = 12; step < 40; step += 1) {
        assert.deepEqual(episode.snapshot(), trace[step], `step ${String(step)}`);
        episode.step(wild(step));
      }
    }
    assert.deepEqual(tabletop.state(), other.state());
    assert.deepEqual(pictures(tabletop), pictures(other));
    assert.throws(
      () => tabletop.restore(new Uint8Array(24)),
      (error) => VlaPrunerError.is(error, "state-invalid"),
    );
    tabletop.dispose();
    other.dispose();
  });

  it("succeeds when the goal holds and the gripper has let go, not before", async () => {
    const task = taskOf(
      [standing("cube", "cube", 0.05, 0.1), standing("pad", "pad", 0.05, -0.12, "yellow")],
      [{ kind: "on", object: "cube", target: "pad" }],
    );
    const tabletop = await start(task);
    graspAt(tabletop, 0.05, 0.1, 0.02);
    goTo(tabletop, [0.05, -0.12, 0.15], 1);
    goTo(tabletop, [0.05, -0.12, 0.026], 1, 0.4);
    assert.equal(tabletop.state().goal, 0);
    let outcome = { success: false, done: false };
    for (let step = 0; step < 8 && !outcome.done; step += 1) outcome = tabletop.step(STILL_OPEN);
    assert.deepEqual(outcome, { success: true, done: true });
    assert.equal(tabletop.state().goal, 1);
    tabletop.dispose();
  });

  it("tells parts apart by ids, names and roles", async () => {
    const task = taskOf(
      [standing("cup", "cup", 0.05, 0.1), standing("bowl", "bowl", 0.05, -0.12, "blue")],
      [{ kind: "poured", object: "cup", target: "bowl" }],
    );
    const tabletop = await start(task, { size: 112 });
    const { images } = tabletop.observe();
    const { frames, roles, names } = tabletop.segmentation();
    assert.deepEqual(frames.image.pixels, images.image.data);
    assert.deepEqual(new Set(names.values()), new Set(["cup", "cup#0", "cup#1", "cup#2", "bowl"]));
    const nameOf = (ids: readonly number[]): (string | undefined)[] => ids.map((id) => names.get(id));
    assert.deepEqual(nameOf(roles.object), ["cup", "cup#0", "cup#1", "cup#2"]);
    assert.deepEqual(nameOf(roles.target), ["bowl"]);
    for (const id of [roles.object[0], roles.target[0], roles.gripper[0]])
      assert.ok(frames.image.ids.filter((seen) => seen === id).length > 20, `id ${String(id)}`);
    assert.ok(frames.wrist_image.ids.some((seen) => seen === roles.gripper[0]));
    tabletop.dispose();
  });

  it("shows the cameras that are asked for, each as if it were the only one, and anew after every step", async () => {
    const [both, one] = [await start(scene), await start(scene)];
    for (let step = 0; step < 3; step += 1) {
      const { images } = both.observe();
      assert.deepEqual(one.observe(["wrist_image"]).images, { wrist_image: images.wrist_image });
      const { frames } = one.segmentation(["image"]);
      assert.deepEqual(Object.keys(frames), ["image"]);
      assert.deepEqual(frames.image, both.segmentation().frames.image);
      const action = [0.5, 0, -0.5, 0, 0, 0, 1];
      for (const tabletop of [both, one]) tabletop.step(action);
      assert.notDeepEqual(one.observe().images.wrist_image, images.wrist_image);
    }
    both.restore(one.snapshot());
    assert.deepEqual(both.observe(), one.observe());
    for (const tabletop of [both, one]) tabletop.dispose();
  });

  it("starts at home or anywhere, and says what it is asked to in one of the wordings", async () => {
    const home = await start(scene);
    assert.ok(
      Math.hypot(...home.state().effector.position.map((v, axis) => v - ([-0.1, 0, 0.22][axis] ?? 0))) < 1e-4,
    );
    assert.equal(home.observe().state.length, 8);
    const poses = await Promise.all([2, 4, 6].map((seed) => start(scene, { seed, start: "anywhere" })));
    assert.equal(new Set(poses.map((episode) => episode.state().effector.position.join())).size, 3);
    for (const episode of poses) assert.ok(episode.state().effector.position[2] > 0.16);
    const said = await Promise.all(Array.from({ length: 12 }, (_, seed) => start(scene, { seed })));
    assert.deepEqual(new Set(said.map(({ instruction }) => instruction)), new Set(scene.wordings));
    for (const episode of [home, ...poses, ...said]) episode.dispose();
  });

  it("keeps training and test seeds apart", () => {
    const train = new Set(Array.from({ length: 50 }, (_, n) => trainSeed(n)));
    assert.ok(Array.from({ length: 50 }, (_, n) => testSeed(n)).every((seed) => !train.has(seed)));
    assert.equal(train.size, 50);
  });

  it("refuses tasks and seeds that are none", async () => {
    const simulator = await createSimulator();
    const begin: typeof simulator.start = (...given) => simulator.start(...given);
    const goals = [{ kind: "in", object: "cube", target: "bowl" }] as const;
    const task = taskOf([standing("bowl", "bowl", 0, 0), standing("cube", "cube", 0.1, 0.1)], goals);
    begin(task, { seed: 2, size: 16 }).dispose();
    const [bowl, cube] = task.objects;
    if (bowl === undefined || cube === undefined) assert.fail();
    const touching = { ...cube, region: bowl.region };
    for (const objects of [
      [bowl],
      [bowl, touching],
      [bowl, { ...cube, colour: "ultraviolet" }],
      [bowl, cube, cube],
    ])
      assert.throws(
        () => begin({ ...task, objects }, { seed: 2 }),
        (error) => VlaPrunerError.is(error, "task-invalid"),
      );
    for (const seed of [-1, 0.5, Number.NaN])
      assert.throws(
        () => begin(task, { seed }),
        (error) => VlaPrunerError.is(error, "invalid-option"),
      );
  });

  it("gives all its memory back", async () => {
    const module = await loadMujoco();
    const playShort = (seed: number): void => {
      const tabletop = new TabletopEpisode(module, scene, { seed, size: 16 });
      repeat(tabletop, wild(seed), 3);
      tabletop.observe();
      tabletop.restore(tabletop.snapshot());
      tabletop.dispose();
    };
    for (let seed = 0; seed < 10; seed += 1) playShort(seed);
    const before = heapSize(module);
    for (let seed = 10; seed < 60; seed += 1) playShort(seed);
    assert.equal(heapSize(module), before);
  });
});

/** All bytes of a run of wild actions. */
async function play(seed: number): Promise<Buffer> {
  const tabletop = await start(scene, { seed });
  const bytes: Uint8Array[] = [];
  for (let step = 0; step < 25; step += 1) {
    tabletop.step(wild(step));
    bytes.push(tabletop.snapshot());
    if (step % 8 === 0) bytes.push(...pictures(tabletop));
  }
  tabletop.dispose();
  return Buffer.concat(bytes);
}
