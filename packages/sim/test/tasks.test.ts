import assert from "node:assert/strict";
import { VlaPrunerError } from "@vla-pruner/format";
import { SUITES, parseTask, taskNamed } from "@vla-pruner/sim";
import type { SuiteName } from "@vla-pruner/sim";

const tasks = Object.values(SUITES).flat();

const namesOf = (suite: SuiteName): Set<string> =>
  new Set(SUITES[suite].map(({ objects }) => JSON.stringify(objects.map(({ name }) => name))));

describe("the suites", () => {
  it("hold five tasks each, under unique names that begin with the suite's", () => {
    for (const [suite, members] of Object.entries(SUITES)) {
      assert.equal(members.length, 5);
      for (const task of members) {
        assert.equal(task.suite, suite);
        assert.ok(task.name.startsWith(`${suite}/`), task.name);
        assert.equal(taskNamed(task.name), task);
      }
    }
    assert.equal(new Set(tasks.map(({ name }) => name)).size, tasks.length);
  });

  it("pass their own check as task files", () => {
    for (const task of tasks) assert.deepEqual(parseTask(JSON.parse(JSON.stringify(task))), task);
  });

  it("never say the same words for two tasks of a suite, or two wordings of a task", () => {
    for (const members of Object.values(SUITES)) {
      const texts = members.flatMap(({ wordings }) => wordings);
      assert.equal(new Set(texts).size, texts.length);
      assert.ok(members.every(({ wordings }) => wordings.length >= 3));
    }
  });

  it("get by with few words: the small policies' tokenizer has one token a word", () => {
    const words = new Set(tasks.flatMap(({ wordings }) => wordings).flatMap((text) => text.split(" ")));
    const beginnings = new Set(
      [...words].flatMap((word) => Array.from({ length: word.length }, (_, end) => word.slice(0, end + 1))),
    );
    assert.ok(beginnings.size < 300, `${beginnings.size} beginnings of ${words.size} words`);
  });

  it("share one scene in goal, and one set of things in spatial", () => {
    assert.equal(namesOf("goal").size, 1);
    assert.equal(namesOf("spatial").size, 1);
    assert.equal(new Set(SUITES.spatial.map(({ goals }) => JSON.stringify(goals))).size, 1);
  });

  it("make every thing of the object suite a distractor in another task", () => {
    for (const { goals, objects } of SUITES.object) {
      const others = SUITES.object.filter((task) => task.goals[0]?.object !== goals[0]?.object);
      assert.ok(others.some((task) => task.objects.some(({ name }) => name === goals[0]?.object)));
      assert.equal(new Set(objects.map(({ colour }) => colour)).size, objects.length);
    }
  });
});

describe("parseTask", () => {
  const cube = { name: "cube", kind: "cube", colour: "red", region: { x: [0, 0.1], y: [0, 0.1] } };
  const plate = { ...cube, name: "plate", kind: "plate", colour: "white" };
  const valid = {
    suite: "mine",
    name: "mine/cube",
    wordings: ["put the cube on the plate"],
    objects: [cube, plate],
    goals: [{ kind: "on", object: "cube", target: "plate" }],
    horizon: 100,
  };

  it("takes a task of the user's own, and a relation to an earlier object", () => {
    const second = { ...cube, name: "second", at: { relation: "behind", object: "plate" } };
    const task = { ...valid, objects: [cube, plate, second] };
    assert.deepEqual(parseTask(task), task);
  });

  const mistakes: readonly [string, unknown, RegExp][] = [
    ["no object", null, /task: an object/],
    ["an array", [valid], /task: an object/],
    ["a missing part", { ...valid, horizon: undefined, goals: undefined }, /task\.goals/],
    ["a part that no task has", { ...valid, robot: "arm" }, /no keys but .*found "robot"/],
    ["no wording", { ...valid, wordings: [] }, /task\.wordings: an array of 1/],
    ["an empty wording", { ...valid, wordings: [" "] }, /task\.wordings\[0\]: a text/],
    [
      "an unknown kind",
      { ...valid, objects: [{ ...cube, kind: "sphere" }, plate] },
      /objects\[0\]\.kind: one of cube/,
    ],
    [
      "an unknown colour",
      { ...valid, objects: [{ ...cube, colour: "toString" }, plate] },
      /objects\[0\]\.colour/,
    ],
    ["two of one name", { ...valid, objects: [cube, { ...plate, name: "cube" }] }, /a name of its own/],
    ["a ball's name", { ...valid, objects: [{ ...cube, name: "a#1" }, plate] }, /without #/],
    [
      "a region out of reach",
      { ...valid, objects: [{ ...cube, region: { x: [0, 2], y: [0, 0] } }, plate] },
      /region\.x/,
    ],
    [
      "a region that is no number",
      { ...valid, objects: [{ ...cube, region: { x: [Number.NaN, 0], y: [0, 0] } }, plate] },
      /region\.x/,
    ],
    [
      "a region the wrong way round",
      { ...valid, objects: [{ ...cube, region: { x: [0.1, 0], y: [0, 0] } }, plate] },
      /region\.x/,
    ],
    [
      "a relation to itself",
      { ...valid, objects: [{ ...cube, at: { relation: "on", object: "cube" } }, plate] },
      /comes before/,
    ],
    [
      "a relation to a later object",
      { ...valid, objects: [{ ...cube, at: { relation: "on", object: "plate" } }, plate] },
      /comes before/,
    ],
    [
      "a goal about nothing",
      { ...valid, goals: [{ kind: "on", object: "can", target: "plate" }] },
      /goals\[0\]\.object/,
    ],
    [
      "a goal that nothing can lift",
      { ...valid, goals: [{ kind: "on", object: "plate", target: "cube" }] },
      /gripper can lift/,
    ],
    [
      "a target that cannot hold",
      { ...valid, goals: [{ kind: "in", object: "cube", target: "plate" }] },
      /bowl or basket/,
    ],
    [
      "a goal upon itself",
      { ...valid, goals: [{ kind: "stacked", object: "cube", target: "cube" }] },
      /another object/,
    ],
    [
      "something to pour that is no cup",
      { ...valid, goals: [{ kind: "poured", object: "cube", target: "plate" }] },
      /a cup/,
    ],
    ["half a step", { ...valid, horizon: 10.5 }, /task\.horizon: a whole number/],
    ["endless steps", { ...valid, horizon: Infinity }, /task\.horizon: a whole number/],
  ];
  for (const [mistake, json, message] of mistakes) {
    it(`refuses ${mistake}`, () => {
      assert.throws(
        () => parseTask(json),
        (error) => VlaPrunerError.is(error, "task-invalid") && message.test(error.message),
      );
    });
  }

  it("names the tasks there are when one is asked for that is not", () => {
    assert.throws(
      () => taskNamed("goal/fly"),
      (error) => VlaPrunerError.is(error, "task-invalid") && error.message.includes("goal/pour-cup"),
    );
  });
});
