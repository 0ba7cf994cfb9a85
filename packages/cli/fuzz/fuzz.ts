/**
 * Makes mistakes in the checkpoints that ship, and prints what becomes of them:
 *
 *   npx pnpm@12 fuzz --count 20000 --seed 7
 *
 * Exit code 1 where one is a crash, a hang, or another model in silence. Case N alone: `--first N --count 1`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { ARCHITECTURES, SHIPPED } from "./shipped.ts";
import { runFuzz } from "./run-fuzz.ts";
import { classes, failures } from "./outcomes.ts";

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "2000" },
    seed: { type: "string", default: "1" },
    first: { type: "string", default: "0" },
  },
});
const [count, seed, first] = [values.count, values.seed, values.first].map(Number);
if (![count, seed, first].every(Number.isSafeInteger))
  throw new RangeError("--count, --seed and --first: whole numbers");
const scratch = mkdtempSync(join(tmpdir(), "vla-pruner-fuzz-"));
try {
  const root = fileURLToPath(new URL("../../..", import.meta.url));
  const cases = await runFuzz({
    checkpoints: SHIPPED.map((name) => join(root, "checkpoints", name)),
    architectures: ARCHITECTURES,
    scratch,
    seed: seed ?? 1,
    first: first ?? 0,
    count: count ?? 0,
  });
  process.stdout.write(classes(cases));
  const failed = failures(cases);
  for (const line of failed) process.stdout.write(`${line}\n`);
  process.exitCode = failed.length === 0 ? 0 : 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
