/**
 * Publishes every public package to a registry on this machine, installs from it in an empty npm project as the
 * README says, and runs the README's program there as it stands. Then a plugin from outside: generated, tested,
 * published to the same registry and used in the same project.
 */
import { cpSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { codeBlocks } from "../docs/test/code-blocks.ts";
import { publishPackages, withLocalRegistry } from "./publish/local-registry.ts";
import { plugInFromOutside } from "./publish/outside-plugin.ts";
import { buildPackages } from "./publish/pack-packages.ts";
import { REPOSITORY } from "./publish/public-packages.ts";
import { runCommand, runSteps } from "./publish/run-command.ts";
import { emptyProject, inScratchFolder } from "./publish/scratch-folder.ts";

const PACKAGES = [
  "@vla-pruner/core",
  "@vla-pruner/plugin-openvla",
  "vla-pruner",
  "@huggingface/transformers",
];

/** The README's first program, and the command that makes its model with the installed command line. */
function fromReadme(): { program: string; convert: string[] } {
  const blocks = codeBlocks("README.md");
  const program = blocks.find(({ info }) => info === "ts runnable")?.code;
  const commands = blocks
    .filter(({ info }) => info === "sh runnable")
    .flatMap(({ code }) => code.split("\n"));
  const convert = commands.find((line) => line.startsWith("npx pnpm@12 vla-pruner convert "));
  if (program === undefined || convert === undefined) throw new Error("README.md: no program, or no convert");
  return { program, convert: convert.split(" ").slice(3) };
}

await runSteps(async () => {
  const { program, convert } = fromReadme();
  await buildPackages();
  await withLocalRegistry((registry) =>
    inScratchFolder(async (root) => {
      await publishPackages(registry);
      const folder = emptyProject(root);
      const place = { folder, environment: registry.environment };
      await runCommand("install", ["npm", "install", "--ignore-scripts", ...PACKAGES], place);

      symlinkSync(join(REPOSITORY, "checkpoints"), join(folder, "checkpoints"), "junction");
      cpSync(join(REPOSITORY, "examples", "frames"), join(folder, "examples", "frames"), { recursive: true });
      await runCommand("convert", [join("node_modules", ".bin", "vla-pruner"), ...convert], place);
      writeFileSync(join(folder, "program.mjs"), program);
      const printed = await runCommand("the README's program", [process.execPath, "program.mjs"], place);
      console.log(printed.trimEnd());
      await plugInFromOutside(root, place);
    }),
  );
});
