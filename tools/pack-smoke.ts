/** Packs every package, installs the tarballs into an empty npm project and runs the command line and the first program there. */
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { packPackages } from "./publish/pack-packages.ts";
import { REPOSITORY } from "./publish/public-packages.ts";
import { runCommand, runSteps } from "./publish/run-command.ts";
import { emptyProject, inScratchFolder } from "./publish/scratch-folder.ts";

await runSteps(() =>
  inScratchFolder(async (root) => {
    const tarballs = await packPackages(join(root, "tarballs"));
    const folder = emptyProject(root);
    const place = { folder, environment: { VLA_PRUNER_REPO: REPOSITORY } };
    // Install scripts stay off, so nothing native is fetched.
    const install = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", ...tarballs];
    await runCommand("install the tarballs", install, place);
    await runCommand("vla-pruner --help", [join("node_modules", ".bin", "vla-pruner"), "--help"], place);
    copyFileSync(join(REPOSITORY, "docs", "recipes", "first-program.mjs"), join(folder, "first-program.mjs"));
    await runCommand("first program", [process.execPath, "first-program.mjs"], place);
  }),
);
