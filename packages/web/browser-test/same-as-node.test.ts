import assert from "node:assert/strict";
import type { PackedObservation, PlainStep } from "./harness/messages.ts";
import { call, openLaboratory } from "./support/laboratory.ts";
import { MINIATURE } from "./support/miniature.ts";
import { stepsInNode } from "./support/node-steps.ts";
import { observations } from "./support/observations.ts";

const WINDOW = 3;

/** Kept sets are equal, actions as near as two builds of ONNX Runtime get. */
function assertSame(here: readonly PlainStep[], node: readonly PlainStep[]): void {
  assert.equal(here.length, node.length);
  for (const [index, step] of here.entries()) {
    const other = node[index];
    assert.deepEqual(step.keep, other?.keep, `kept tokens of call ${index}`);
    assert.equal(step.decision, other?.decision);
    for (const [row, action] of step.actions.entries())
      for (const [column, value] of action.entries()) {
        const expected = other?.actions[row]?.[column] ?? Number.NaN;
        assert.ok(Math.abs(value - expected) <= 1e-5, `call ${index}, ${value} in place of ${expected}`);
      }
  }
}

describe("a policy in a browser", function () {
  this.timeout(300_000);
  let packed: PackedObservation[];
  before(async () => {
    packed = await observations(WINDOW + 2);
  });

  for (const threads of [1, 2])
    it(`does on WebAssembly with ${threads} thread(s) what it does in Node`, async () => {
      const model = "tiny-openvla-oft";
      const laboratory = await openLaboratory([model], threads > 1);
      try {
        assert.equal(
          await call(laboratory, "load", { model, device: "wasm", threads, from: "remoteHost" }),
          threads,
        );
        assertSame(await call(laboratory, "play", packed), await stepsInNode(model, packed));
        const here = await call(laboratory, "play", packed, 0.25);
        assert.ok(here.some(({ decision }) => decision === "pruned"));
        assertSame(here, await stepsInNode(model, packed, 0.25));
      } finally {
        await laboratory.close();
      }
    });

  // A processor stands in for the GPU; what takes long is that it compiles shaders.
  it("does on WebGPU what it does in Node, two episodes at once as one alone", async () => {
    const laboratory = await openLaboratory([MINIATURE], false);
    try {
      await call(laboratory, "load", { model: MINIATURE, device: "webgpu", from: "remoteHost" });
      const one = packed.slice(0, WINDOW + 1);
      const other = packed.slice(1).toReversed();
      const alone = await call(laboratory, "play", one, 0.25);
      assert.equal(alone.at(-1)?.keep.length, 8);
      assertSame(alone, await stepsInNode(MINIATURE, one, 0.25));
      const [again, beside = []] = await call(laboratory, "atOnce", [one, other], 0.25);
      assert.deepEqual(again, alone);
      assert.notDeepEqual(beside.at(-1)?.keep, alone.at(-1)?.keep, "the other episode chooses otherwise");
      assertSame(beside, await stepsInNode(MINIATURE, other, 0.25));
    } finally {
      await laboratory.close();
    }
  });

  it("loads from below env.localModelPath, graphs and weights once", async () => {
    const model = "random-openvla";
    const laboratory = await openLaboratory([model], false);
    try {
      await call(laboratory, "load", { model, device: "wasm", from: "localModelPath" });
      const files = laboratory.whole.filter((url) => url.startsWith(`/models/${model}/onnx/`));
      assert.ok(files.some((url) => url.endsWith(".onnx_data")));
      assert.deepEqual(files, [...new Set(files)]);
    } finally {
      await laboratory.close();
    }
  });
});
