import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { VlaPrunerError } from "@vla-pruner/format";
import { loadMujoco } from "../src/mujoco/load-mujoco.ts";
import { Physics } from "../src/mujoco/physics.ts";

const BINARY = createRequire(import.meta.url).resolve("@mujoco/mujoco/mujoco.wasm");
const FALLING =
  '<mujoco><worldbody><body name="ball" pos="0 0 1"><freejoint/><geom size=".1"/></body></worldbody></mujoco>';

describe("MuJoCo's module", () => {
  it("loads from the package, from bytes, from a path and from the environment's", async () => {
    const environment = "VLA_PRUNER_MUJOCO_WASM";
    for (const module of [
      await loadMujoco(),
      await loadMujoco(await readFile(BINARY)),
      await loadMujoco(BINARY),
    ]) {
      const physics = new Physics(module, FALLING);
      for (let step = 0; step < 50; step += 1) physics.step();
      assert.ok(Math.abs((physics.array("qpos")[2] ?? 0) - (1 - 0.5 * 9.81 * 0.01)) < 0.002);
      physics.dispose();
    }
    process.env[environment] = "/nowhere/mujoco.wasm";
    try {
      await assert.rejects(loadMujoco(), (error) => VlaPrunerError.is(error, "model-missing"));
    } finally {
      delete process.env[environment];
    }
  });

  it("says what is wrong with a binary", async () => {
    await assert.rejects(loadMujoco(Uint8Array.of(1, 2, 3)), (error) =>
      VlaPrunerError.is(error, "model-invalid"),
    );
  });

  it("says what is wrong with a model", async () => {
    const module = await loadMujoco();
    assert.throws(
      () => new Physics(module, "<mujoco><nothing/></mujoco>"),
      (error) => VlaPrunerError.is(error, "internal") && /nothing/.test(String(error)),
    );
  });
});
