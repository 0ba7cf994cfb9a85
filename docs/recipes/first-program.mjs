/**
 * A first program with the installed packages, in plain JavaScript: converts the repository's checkpoint with
 * the command line, then runs until a step is pruned. VLA_PRUNER_REPO names a clone of the repository.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vlaPipeline } from "@vla-pruner/core";
import { openvla } from "@vla-pruner/plugin-openvla";

const repository = process.env.VLA_PRUNER_REPO ?? ".";
const folder = mkdtempSync(join(tmpdir(), "vla-pruner-"));
try {
  const model = join(folder, "model");
  const checkpoint = join(repository, "checkpoints", "tiny-openvla");
  execFileSync("npx", ["--no-install", "vla-pruner", "convert", checkpoint, "--out", model], {
    stdio: "inherit",
    shell: process.platform === "win32",
  });

  const policy = await vlaPipeline(model, { plugins: [openvla()], retention: 0.25 });
  for (let step = 0; step < 4; step += 1) {
    const frame = join(repository, "examples", "frames", `frame-${step}.png`);
    const { action, decision, keep } = await policy(frame, "put the bowl on the plate");
    console.log(`step ${step}: ${decision}, ${keep.length} visual tokens kept, action ${action.join(" ")}`);
    if (step === 3 && keep.length !== 64) throw new Error(`expected 64 kept tokens, found ${keep.length}`);
  }
  await policy.dispose();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
