import assert from "node:assert/strict";
import { adapterContract, FakeAdapter } from "@vla-pruner/core/testing";
import type { AdapterSubject } from "@vla-pruner/core/testing";
import type { Observation } from "../../src/index.ts";
import { observe } from "../support/observations.ts";
import * as calls from "./broken/call-adapters.ts";
import * as heads from "./broken/head-adapters.ts";
import * as inputs from "./broken/input-adapters.ts";
import * as stages from "./broken/stage-adapters.ts";

type Check = keyof typeof adapterContract;
type Broken = readonly [make: () => FakeAdapter, checks: readonly Check[], subject?: Partial<AdapterSubject>];

const observations = [0, 1, 2, 3].map((index) => observe(index));
const inputIds = [1, 40, 41, 42, 43, 44, 45, 46, 2];
const withIds = observations.map(({ images = {}, state = [] }, index): Observation => {
  return { images, state, inputIds: [...inputIds, index + 3, 2] };
});
const ids: Partial<AdapterSubject> = { observations: withIds };

const PICTURE = "observation: the picture of every view tells";
const COLOUR = "observation: each colour tells, and its channel is where the subject says";
const WORDS = "observation: the words tell";
const STATE = "observation: the state tells, and the example has one where the model reads it";
const LAST_ROW = "prefillHead: of a causal prompt, the last word changes the last row alone";
const WORD_ROWS = "prefillHead: rows of words follow the words more than the mean over all rows does";
const CURRENT =
  "prefillHead: this call's action attention is there where the layout promises it, and only there";
const SIGNAL = "act: looks at the signal between its runs, and ends with cancelled";
const DRAFT = "act: a draft changes nothing, however much of it is right";
const CANCELLED =
  "episode: a step that is cancelled while it acts leaves memory, and the next step, as they were";
const RELEASE = "release: what a step made is freed once, also when the step fails";

/** What catches each, and nothing else does. */
const CAUGHT: readonly Broken[] = [
  [() => new inputs.SightlessAdapter(), [PICTURE, COLOUR]],
  [
    () => new inputs.OneEyedAdapter({ views: ["image", "wrist"] }),
    [PICTURE],
    { observations: [0, 1, 2, 3].map((index) => observe(index, "image", "wrist")) },
  ],
  [() => new inputs.GreyAdapter(), [COLOUR]],
  [() => new inputs.SwappedChannelsAdapter(), [COLOUR], { pixelsOfColour: fakePixels }],
  [() => new inputs.WordlessAdapter(), [WORDS, LAST_ROW, WORD_ROWS], ids],
  [() => new inputs.HeedlessAdapter(), [WORDS]],
  [() => new inputs.NumbAdapter(), [STATE]],
  [
    () => new inputs.DiscreetAdapter(),
    [STATE],
    { observations: observations.map(({ images = {}, instruction = "" }) => ({ images, instruction })) },
  ],
  [() => new (heads.confusing("prefill", "last"))(), [LAST_ROW, WORD_ROWS], ids],
  [() => new (heads.confusing("last", "text"))(), [LAST_ROW, WORD_ROWS], ids],
  [() => new (heads.confusing("prefill", "raters"))(), [LAST_ROW, WORD_ROWS], ids],
  [() => new (heads.confusing("prefill", "text"))({ causal: false }), [WORD_ROWS], ids],
  [() => new heads.ForwardAdapter(), [CURRENT]],
  [() => new calls.UnstoppableAdapter(), [SIGNAL]],
  [() => new calls.SingleMindedAdapter(), [SIGNAL]],
  [() => new calls.RudeAdapter(), [SIGNAL, CANCELLED]],
  [() => new calls.ResentfulAdapter(), [CANCELLED]],
  [() => new calls.CredulousAdapter({ draftTokens: 7 }), [DRAFT]],
  [() => new calls.HaughtyAdapter({ draftTokens: 7 }), [DRAFT]],
  [() => new calls.LeakyAdapter(), [RELEASE]],
  [() => new calls.HalfReleasingAdapter(), [RELEASE]],
  [() => new calls.HopefulAdapter(), [RELEASE]],
];

/** What catches each, among others: so broken, an adapter breaks more. */
const CAUGHT_TOO: readonly Broken[] = [
  [() => new stages.DeafAdapter(), ["act: the tokens that were asked for are the ones that are kept"]],
  [
    () => new stages.UncutAdapter(),
    ["act: attention covers the tapped layers in order, all columns below the cut and kept ones above"],
  ],
  [() => new stages.BlindAdapter(), ["episode: the observations under test are at least four, and tell"]],
  [() => new stages.StatefulAdapter(), ["steps may overlap: nothing of one reaches another"]],
  [
    () => new stages.MoodyAdapter(),
    [
      "episode: retention 1 equals keep-all under every pruner, action for action",
      "episode: a step that fails half way leaves memory, and the next step, as they were",
    ],
  ],
  [
    () => new heads.LoudAdapter(),
    ["prefillHead: semantic scores are shares of attention over the visual tokens"],
  ],
  [
    () => new stages.DistantAdapter(),
    ["encodeVision: views are those of the layout, and similarity is a cosine of every pair"],
  ],
  [
    () => new stages.ShapelessAdapter(),
    ["toAction: chunks of finite numbers, of one shape whatever is seen and kept"],
  ],
  [() => new heads.PromisingAdapter(), [CURRENT]],
  [() => new heads.ShortSightedAdapter(), [CURRENT]],
  [() => new heads.InsistentAdapter(), [CURRENT]],
];

describe("adapter contract", () => {
  for (const [make, checks, given] of [...CAUGHT, ...CAUGHT_TOO]) {
    const { name } = make().constructor;
    const adapter = make();
    const subject = { createAdapter: () => adapter, observations, ...given };
    for (const check of checks) {
      it(`"${check}" catches ${name}`, async () => {
        await assert.rejects(adapterContract[check]?.(subject) ?? assert.fail(check), {
          code: "ERR_ASSERTION",
        });
      });
    }
  }

  for (const [make, checks, given] of CAUGHT) {
    it(`finds nothing else wrong with ${make().constructor.name}`, async () => {
      const adapter = make();
      for (const [name, check] of Object.entries(adapterContract)) {
        if (!checks.includes(name)) await check({ createAdapter: () => adapter, observations, ...given });
      }
    });
  }

  it("tells text from raters by scores that the subject knows", async () => {
    const [observation = observe(0)] = withIds;
    const right = new FakeAdapter();
    const prepared = await right.prepare(observation);
    const { scores } = (await right.prefillHead(prepared, await right.encodeVision(prepared))).semantic;
    const check = adapterContract["prefillHead: scores are those that the subject knows"] ?? assert.fail();
    const knownScores = { observation, scores };
    const wrong = new (heads.confusing("text", "raters"))();
    await check({ createAdapter: () => right, observations, knownScores });
    await assert.rejects(check({ createAdapter: () => wrong, observations, knownScores }), {
      code: "ERR_ASSERTION",
    });
  });
});

/** What the fake makes of its examples' 2 × 2 frames, `[1, 3, 2, 2]`. */
function fakePixels(colour: readonly number[]): { data: Float32Array } {
  return {
    data: Float32Array.from({ length: 12 }, (_, index) => (colour[Math.floor(index / 4)] ?? 0) / 255),
  };
}
