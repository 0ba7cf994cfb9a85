import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Real inputs beside the repository, which does not ship them. */
const SHARED = fileURLToPath(new URL("../../../../../shared/data/", import.meta.url));

/** Path of a real input; where it is absent, the running test is skipped and says why. */
export function sharedPath(test: Mocha.Context, name: string): string {
  const path = `${SHARED}${name}`;
  if (existsSync(path)) return path;
  console.log(`      skipped: no ${path}`);
  return test.skip();
}
