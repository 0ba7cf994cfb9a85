import assert from "node:assert/strict";
import type { PackedObservation, PlainStep } from "./harness/messages.ts";
import { call, openLaboratory } from "./support/laboratory.ts";
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
  this.timeout(1_800_000);
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
        const [dense = [], pruned = []] = await stepsInNode(model, packed, [null, 0.25]);
        assertSame(await call(laboratory, "play", packed), dense);
        const here = await call(laboratory, "play", packed, 0.25);
        assert.ok(here.some(({ decision }) => decision === "pruned"));
        assertSame(here, pruned);
      } finally {
        await laboratory.close();
      }
    });

  it("does on WebGPU what it does in Node, two episodes at once as one after the other", async function () {
    // A processor stands in for the GPU: minutes where nothing else runs, many more where something does.
    if (process.env["VLA_PRUNER_BROWSER_WEBGPU"] === undefined) {
      console.log("      WebGPU is left out; VLA_PRUNER_BROWSER_WEBGPU=1 runs it through SwiftShader");
      this.skip();
    }
    const model = "random-openvla";
    const laboratory = await openLaboratory([model], false);
    try {
      await call(laboratory, "load", { model, device: "webgpu", from: "remoteHost" });
      const few = packed.slice(0, WINDOW + 1);
      const [quarter = [], half = []] = await stepsInNode(model, few, [0.25, 0.5]);
      const [here = [], beside = []] = await call(laboratory, "atOnce", few, [0.25, 0.5]);
      assert.equal(here.at(-1)?.decision, "pruned");
      assertSame(here, quarter);
      assertSame(beside, half);
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
