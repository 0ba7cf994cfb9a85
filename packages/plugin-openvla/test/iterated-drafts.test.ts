import assert from "node:assert/strict";
import type { StepCall, VlaAdapter, VlaModel } from "@vla-pruner/core";
import * as fc from "fast-check";
import { openvla } from "../src/index.ts";
import type { OpenVlaVla } from "../src/openvla-vla.ts";
import { fixtureModel } from "./support/converted-fixture.ts";
import { fixtureEpisode } from "./support/fixture-episode.ts";
import { fixtureNamed } from "./support/fixtures.ts";

/** Of the first, heads let the rotation be fused, so that caches for CUDA are written in place; of the second they do not. */
const FIXTURES = ["covered-positions", "grouped-query"];

/** Tokens of a step, and how often a session ran for them. */
interface Decoded {
  readonly tokens: readonly number[];
  readonly runs: number;
}

for (const name of FIXTURES) {
  for (const target of ["cpu", "cuda"] as const) {
    describe(`openvla: drafts that are wrong anywhere, ${name} for ${target}`, () => {
      const fixture = fixtureNamed(name);
      const [observation] = fixtureEpisode(fixture.config, fixture.seed);
      let model: VlaModel;
      let decode: (draft?: readonly number[]) => Promise<Decoded>;

      before(async () => {
        model = await fixtureModel(fixture, target);
        decode = decoderOf(model, observation ?? {});
      });

      it("change no token, and take no more passes than there are tokens", async () => {
        const greedy = await decode();
        const { length } = greedy.tokens;
        await fc.assert(
          fc.asyncProperty(
            fc.tuple(...greedy.tokens.map((token) => guessOf(token, model))),
            async (draft) => {
              const { tokens, runs } = await decode(draft);
              assert.deepEqual(tokens, greedy.tokens);
              assert.ok(runs <= length, `${runs} runs for ${length} tokens`);
            },
          ),
          { numRuns: 12, seed: 4 },
        );
      });
    });
  }
}

describe("openvla: a draft that is wrong in the middle alone", () => {
  it("costs one pass more than a right one: what stands behind the wrong token is guessed anew", async () => {
    const fixture = fixtureNamed("covered-positions");
    const [observation] = fixtureEpisode(fixture.config, fixture.seed);
    const decode = decoderOf(await fixtureModel(fixture), observation ?? {});
    const { tokens } = await decode();
    const wrong = tokens.map((token, place) => (place === 2 ? (token === 0 ? 1 : token - 1) : token));
    const [right, mended] = [await decode(tokens), await decode(wrong)];
    assert.deepEqual([right.runs, mended.tokens], [2, tokens]);
    assert.ok(mended.runs < tokens.length, `${mended.runs} runs: a token each would be ${tokens.length}`);
  });
});

/** Decodes with the even visual tokens kept. */
function decoderOf(model: VlaModel, observation: object): (draft?: readonly number[]) => Promise<Decoded> {
  let runs = 0;
  const { act } = model.sessions;
  const counted = act && {
    name: act.name,
    inputNames: act.inputNames,
    outputNames: act.outputNames,
    run: (feeds: Parameters<typeof act.run>[0]) => {
      runs += 1;
      return act.run(feeds);
    },
    release: () => act.release(),
  };
  const sessions = { ...model.sessions, ...(counted && { act: counted }) };
  const adapter: VlaAdapter = openvla().createAdapter({
    vla: model.vla,
    config: model.config,
    tokenizer: model.tokenizer,
    sessions,
  });
  return async (draft) => {
    const call: StepCall = { episode: "drafts", ...(draft && { draft }) };
    const prepared = await adapter.prepare(observation, call);
    const vision = await adapter.encodeVision(prepared, call);
    const head = await adapter.prefillHead(prepared, vision, call);
    const keep = Int32Array.from({ length: vision.similarity.length ** 0.5 / 2 }, (_, index) => 2 * index);
    runs = 0;
    try {
      const { raw } = await adapter.act(prepared, head, keep, call);
      return { tokens: adapter.toAction(raw).tokens ?? [], runs };
    } finally {
      adapter.release?.({ vision, head });
    }
  };
}

/** The right token, or any. */
function guessOf(token: number, { vla }: VlaModel): fc.Arbitrary<number> {
  const { vocabulary } = (vla as unknown as OpenVlaVla).decoder;
  return fc.oneof(fc.constant(token), fc.integer({ min: 0, max: vocabulary - 1 }));
}
