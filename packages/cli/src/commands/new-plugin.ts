import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { Command } from "commander";
import { VlaPrunerError } from "@vla-pruner/format";
import { pluginNames } from "../new-plugin/plugin-names.ts";
import { readTemplate } from "../new-plugin/read-template.ts";
import { renameTemplate } from "../new-plugin/rename-template.ts";
import { packageVersion } from "../package-version.ts";
import { prepareFile, writeText } from "../report/output-file.ts";
import type { Streams } from "../streams.ts";

interface NewPluginOptions {
  readonly out?: string;
  readonly architecture?: string;
}

export function newPluginCommand({ stdout }: Streams): Command {
  return new Command("new-plugin")
    .description(
      "Write an npm package with a plugin for an architecture of your own. As written it converts, acts, passes its tests and can be published.",
    )
    .argument("<name>", "name of the package: @me/vla-plugin-foo")
    .option("--out <dir>", "folder to make; must be new or empty (default: the name without its scope)")
    .option(
      "--architecture <name>",
      "the architecture's name in models (default: the name without vla-plugin-)",
    )
    .action(async (name: string, { out, architecture }: NewPluginOptions) => {
      const names = pluginNames(name, architecture);
      const folder = out ?? names.folder;
      const files = renameTemplate(readTemplate(), names, packageVersion());
      await refuseFilled(folder);
      for (const [path, text] of files) {
        await prepareFile(join(folder, path));
        await writeText(join(folder, path), text);
      }
      stdout.write(`${folder}\n`);
    });
}

async function refuseFilled(folder: string): Promise<void> {
  const found = await readdir(folder).then(
    (names) => (names.length === 0 ? null : `one that holds ${names.length} entries`),
    (error: NodeJS.ErrnoException) => (error.code === "ENOENT" ? null : error.message),
  );
  if (found === null) return;
  throw new VlaPrunerError("output-exists", {
    expected: `a new or empty folder at ${folder}`,
    found,
    fix: "remove it, or choose another --out",
  });
}
