import assert from "node:assert/strict";
import { hasCode } from "@vla-pruner/core/testing";
import { episodeReport, traceRecorder } from "../../src/index.ts";
import { madeUpEpisode, madeUpFrame, OUTCOME } from "../support/made-up-episode.ts";
import { madeUpCall } from "../support/made-up-call.ts";

describe("trace recorder", () => {
  it("copies what the simulator and the sessions may write over", () => {
    const call = madeUpCall();
    const recorder = traceRecorder();
    recorder.onCall(call);
    const before = structuredClone(recorder.trace("pruned", OUTCOME));
    for (const { data } of Object.values(call.images)) data.fill(0);
    call.result.actionAttention.fill(9);
    call.result.semantic.last?.fill(9);
    call.result.keep.fill(0);
    assert.deepEqual(recorder.trace("pruned", OUTCOME), before);
  });

  it("keeps the calls in order, with what was decided", async () => {
    const { calls } = await madeUpEpisode(5, 0.25);
    assert.deepEqual(
      calls.map(({ step }) => step),
      [0, 4, 8, 12, 16],
    );
    assert.deepEqual(
      calls.map(({ decision }) => decision),
      ["dense", "dense", "dense", "pruned", "pruned"],
    );
    assert.deepEqual(
      calls.map(({ views }) => views[1]?.kept.reduce((sum, flag) => sum + flag, 0)),
      [256, 256, 256, 64, 64],
    );
    assert.deepEqual(
      calls.map(({ views }) => views[0]?.scores.forecast === null),
      [true, true, true, false, false],
    );
  });

  it("refuses a frame that is no picture, and a camera that changes its resolution", () => {
    const call = madeUpCall();
    const recorder = traceRecorder();
    const broken = { ...madeUpFrame(0, 90), width: 111 };
    assert.throws(() => recorder.onCall({ ...call, images: { image: broken } }), hasCode("image-invalid"));
    recorder.onCall(call);
    recorder.onCall({
      ...call,
      images: { ...call.images, image: { data: new Uint8Array(12), width: 2, height: 2, channels: 3 } },
    });
    assert.throws(
      () => episodeReport([recorder.trace("pruned", OUTCOME)], { model: "tiny" }),
      hasCode("image-invalid"),
    );
  });
});
