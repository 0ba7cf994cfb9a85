import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { classes, failures } from "../fuzz/outcomes.ts";
import { runFuzz } from "../fuzz/run-fuzz.ts";
import { ARCHITECTURES, SHIPPED } from "../fuzz/shipped.ts";
import { makeFolder } from "./support/folder.ts";

const CHECKPOINTS = fileURLToPath(new URL("../../../checkpoints", import.meta.url));
/** More by hand: `npx pnpm@12 fuzz --count 20000`. */
const COUNT = 2000;

describe("a mistake that nobody listed, in a checkpoint that ships", () => {
  it("ends in a refusal, a warning, or the same model", async () => {
    const cases = await runFuzz({
      checkpoints: SHIPPED.map((name) => join(CHECKPOINTS, name)),
      architectures: ARCHITECTURES,
      scratch: makeFolder(),
      seed: 1,
      count: COUNT,
    });
    assert.deepEqual(failures(cases), []);
    // A fuzz that only ever met one end would prove little.
    for (const end of ["refused config-invalid", "refused checkpoint-invalid", "identical", "warned"])
      assert.match(classes(cases), new RegExp(` ${end}\\n`, "u"));
  }).timeout(1_200_000);
});
