/** `pnpm pack:all [--out DIR]`: builds and packs every public package into one folder, `packs` by default. */
import { relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { packPackages } from "./publish/pack-packages.ts";
import { runSteps } from "./publish/run-command.ts";

await runSteps(async () => {
  const { values } = parseArgs({ options: { out: { type: "string", default: "packs" } } });
  // pnpm starts a script in the root folder; a relative path starts where the caller stands.
  const caller = process.env["INIT_CWD"] ?? process.cwd();
  const folder = resolve(caller, values.out);
  const tarballs = await packPackages(folder);
  console.log(`${tarballs.length} tarballs in ${relative(caller, folder) || "."}`);
});
