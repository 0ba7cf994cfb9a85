import assert from "node:assert/strict";
import { FakeAdapter, hasCode } from "@vla-pruner/core/testing";
import {
  ActionQueue,
  createPolicy,
  divPrune,
  fastv,
  keepAll,
  loadPolicy,
  PRUNERS,
  prunerByName,
  random,
  recommended,
  uniform,
  VlaModel,
  vlaPipeline,
  vlaPruner,
} from "../../src/index.ts";
import { observe } from "../support/observations.ts";

/** As JavaScript would call it. */
const loose = (call: unknown) => call as (...given: unknown[]) => unknown;

const policy = createPolicy({ adapter: new FakeAdapter(), pruner: keepAll() });
const parts = { adapter: new FakeAdapter(), pruner: keepAll() };

/** A call with an option that is misspelt, and what the error tells to write. */
const MISSPELT: Readonly<Record<string, readonly [call: () => unknown, fix: string]>> = {
  vlaPruner: [() => loose(vlaPruner)({ retention: 0.25, windw: 2 }), "write window"],
  "vlaPruner's retention": [() => loose(vlaPruner)({ retenton: 0.25 }), "write retention"],
  recommended: [() => loose(recommended)({ retention: 0.25, candidate: 2 }), "write candidates"],
  fastv: [() => loose(fastv)({ retention: 0.25, budgets: "joint" }), "write budget"],
  "fastv, of what it does not read": [() => loose(fastv)({ retention: 0.25, window: 2 }), "leave it out"],
  divPrune: [() => loose(divPrune)({ retention: 0.25, Budget: "joint" }), "write budget"],
  uniform: [() => loose(uniform)({ retention: 0.25, seed: 2 }), "leave it out"],
  random: [() => loose(random)({ retention: 0.25, sead: 2 }), "write seed"],
  createPolicy: [() => loose(createPolicy)({ ...parts, camera: {} }), "write cameras"],
  loadPolicy: [() => loose(loadPolicy)("nowhere", { plugins: [], retenton: 0.25 }), "write retention"],
  "loadPolicy, as it was": [() => loose(loadPolicy)("nowhere", { adapter: {} }), "write plugins: [...]"],
  vlaPipeline: [() => loose(vlaPipeline)("nowhere", { plugins: [], devise: "cpu" }), "write device"],
  from_pretrained: [
    () => loose((...given: [string, object]) => VlaModel.from_pretrained(...given))("nowhere", { thread: 1 }),
    "write threads",
  ],
  startEpisode: [
    () => loose((given: object) => policy.startEpisode(given))({ prunr: keepAll() }),
    "write pruner",
  ],
  act: [
    () => loose((...given: [object, object]) => policy.act(...given))(observe(0), { signals: 1 }),
    "write signal",
  ],
  "a middleware": [
    () => loose(createPolicy)({ ...parts, middleware: [{ encodeVison() {} }] }),
    "write encodeVision",
  ],
  ActionQueue: [
    () => loose((given: object) => new ActionQueue(policy, given))({ executes: 1 }),
    "write execute",
  ],
};

const tells =
  (fix: string) =>
  (error: unknown): boolean => {
    assert.ok(hasCode("invalid-option")(error), String(error));
    assert.ok(String(error).endsWith(`; ${fix}`), String(error));
    return true;
  };

const asksForPlugins = (error: unknown): boolean =>
  hasCode("invalid-option")(error) && /plugins: \[/u.test(String(error));

describe("an option that is misspelt", () => {
  for (const [what, [call, fix]] of Object.entries(MISSPELT)) {
    it(`is refused by name: ${what}`, async () => {
      await assert.rejects(async () => call(), tells(fix));
    });
  }

  it("is refused by every pruner that goes by a name, also of the wrong kind", () => {
    for (const name of Object.keys(PRUNERS)) {
      const make = loose(prunerByName);
      assert.throws(() => make(name, { retention: 0.5, windw: 2 }), hasCode("invalid-option"), name);
      assert.throws(() => make(name, { retention: 0.5, window: "2" }), hasCode("invalid-option"), name);
      assert.ok(make(name, { retention: 0.5, window: 2, decay: undefined }), name);
    }
  });
});

describe("an option of the wrong kind", () => {
  it("is refused where it would be read as another: a budget, middleware outside of a list", () => {
    for (const make of [vlaPruner, fastv, random])
      assert.throws(() => loose(make)({ retention: 0.25, budget: "both" }), /"per-view" or "joint"/u);
    for (const middleware of [null, {}, [undefined]])
      assert.throws(() => loose(createPolicy)({ ...parts, middleware }), hasCode("invalid-option"));
  });
});

describe("loadPolicy", () => {
  it("says so when it is given no plugins, before it looks for the model", async () => {
    for (const options of [undefined, {}, { retention: 0.25 }, { plugins: { architecture: "openvla" } }]) {
      await assert.rejects(async () => loose(loadPolicy)("nowhere", options), asksForPlugins);
    }
  });

  it("refuses options of loading for a model that is loaded already", async () => {
    const model = { vla: { architecture: "fake" } } as unknown as VlaModel;
    const plugins = [{ architecture: "fake", createAdapter: () => new FakeAdapter() }];
    await assert.rejects(loadPolicy(model, { plugins, device: "cuda" }), hasCode("invalid-option"));
    assert.equal((await (await loadPolicy(model, { plugins })).act(observe(0))).decision, "dense");
  });
});
