import assert from "node:assert/strict";
import { probeDevice, VlaModel, VlaPrunerError } from "@vla-pruner/core";
import { startCli } from "./support/run-child.ts";
import { checkFailure } from "./support/run-cli.ts";
import { tinyModel } from "./support/model.ts";

interface Report {
  readonly devices: readonly {
    readonly device: string;
    readonly works: boolean;
    readonly problem?: object;
  }[];
}

describe("vla-pruner doctor", () => {
  it("runs a graph on each device, and says what the others lack, without a line of the runtime's own", async () => {
    const { code, stdout, stderr } = await startCli(["doctor", "--json"]).done;
    assert.deepEqual([code, stderr], [0, ""]);
    const { devices } = JSON.parse(stdout) as Report;
    assert.deepEqual(
      devices.map(({ device }) => device),
      ["cpu", "webgpu", "cuda", "cuda-graphs", "tensorrt"],
    );
    assert.equal(devices[0]?.works, true);
    for (const { device, works, problem } of devices) {
      const error = VlaPrunerError.from(problem);
      assert.equal(works, error === null, device);
      if (error !== null)
        assert.match(error.message, new RegExp(`^expected ${device}: .*(?:lib|driver|process)`, "u"));
    }
  });

  it("tells a device that is not there from a model that is broken, in one line", async () => {
    const model = await tinyModel();
    for (const device of ["webgpu", "cuda", "cuda-graphs", "tensorrt"] as const) {
      const there = await probeDevice(device).then(
        () => true,
        () => false,
      );
      if (there) {
        await (await VlaModel.from_pretrained(model, { device })).dispose();
        continue;
      }
      const outcome = await startCli(["bench", model, "--device", device, "--runs", "1"]).done;
      assert.match(checkFailure(outcome, "device-unavailable"), new RegExp(`${device}.*lib`, "u"));
      assert.doesNotMatch(outcome.stderr, /convert the checkpoint/u);
    }
  });

  it("fails where the device that is asked for does not work", async () => {
    const outcome = await startCli(["doctor", "--device", "cpu"]).done;
    assert.equal(outcome.code, 0, outcome.stderr);
    await assert.rejects(probeDevice("wasm"), (error) => VlaPrunerError.is(error, "device-unavailable"));
  });
});
