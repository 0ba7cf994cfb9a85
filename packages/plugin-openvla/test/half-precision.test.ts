import assert from "node:assert/strict";
import { createPolicy, keepAll, VlaModel, vlaPruner } from "@vla-pruner/core";
import type { StepResult, TokenPruner } from "@vla-pruner/core";
import { openvla } from "../src/index.ts";
import { assertClose } from "../../core/test/support/close-to.ts";
import { convertedFixture } from "./support/converted-fixture.ts";
import { fixtureEpisode } from "./support/fixture-episode.ts";
import { REFERENCE } from "./support/fixtures.ts";
import { readGolden, unpack } from "./support/golden.ts";
import type { DenseGolden } from "./support/golden.ts";

/** Attention is a share between 0 and 1; ten bits of mantissa under it, at every layer. */
const TOLERANCE = 2e-3;

describe("openvla in half precision", () => {
  const episode = fixtureEpisode(REFERENCE.config, REFERENCE.seed).slice(0, 5);
  let model: VlaModel;

  before(async () => {
    model = await VlaModel.from_pretrained(await convertedFixture(REFERENCE, "fp16"));
  });

  after(() => model.dispose());

  async function play(pruner: TokenPruner): Promise<StepResult[]> {
    const policy = createPolicy({ adapter: openvla().createAdapter(model), pruner });
    const steps: StepResult[] = [];
    for (const observation of episode) steps.push(await policy.act(observation));
    return steps;
  }

  it("attends to the picture much like the official code in single precision", async () => {
    const golden = readGolden("dense-reference") as DenseGolden;
    for (const [index, { semantic }] of (await play(keepAll())).entries()) {
      for (const rows of ["prefill", "last", "text"] as const) {
        const theirs = golden.steps[index]?.semantic[rows];
        assert.ok(theirs !== undefined);
        assertClose(semantic[rows] ?? [], unpack(theirs), TOLERANCE, `${rows} rows of step ${index}`);
      }
    }
  });

  it("equals the unpruned model at retention 1, number for number", async () => {
    const dense = await play(keepAll());
    const whole = await play(vlaPruner({ retention: 1 }));
    assert.deepEqual(
      whole.map(({ tokens }) => tokens),
      dense.map(({ tokens }) => tokens),
    );
    assert.deepEqual(
      whole.map(({ actionAttention }) => actionAttention),
      dense.map(({ actionAttention }) => actionAttention),
    );
  });

  it("prunes to the budget after the window is full", async () => {
    const kept = (await play(vlaPruner({ retention: 0.25 }))).map(({ keep }) => keep.length);
    assert.deepEqual(kept, [256, 256, 256, 64, 64]);
  });
});
