import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const GOLDEN = new URL("../golden/", import.meta.url);
const SHARED = new URL("../../../../../shared/data/libero_observation/", import.meta.url);

/** Sampled values of a tensor, by flat index. */
export interface Samples {
  readonly indices: readonly number[];
  readonly values: readonly number[];
}

export function readGolden(file: string): unknown {
  return JSON.parse(readFileSync(new URL(file, GOLDEN), "utf8"));
}

/** Where a golden's picture lies; skips the test where the LIBERO frame of the shared data is absent. */
export function picturePath(test: Mocha.Context, file: string): string {
  const paths = [GOLDEN, SHARED].map((folder) => fileURLToPath(new URL(file, folder)));
  const path = paths.find((candidate) => existsSync(candidate));
  if (path !== undefined) return path;
  console.log(`    skipped: no ${paths.join(" and no ")}`);
  return test.skip();
}

export function sha256(data: Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}
