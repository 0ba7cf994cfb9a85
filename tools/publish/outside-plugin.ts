import assert from "node:assert/strict";
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { REPOSITORY } from "./public-packages.ts";
import { runCommand, type CommandPlace } from "./run-command.ts";

const NAME = "@someone/vla-plugin-demo";
const FROM_SOURCES = ["--import", "tsx", "--conditions=@vla-pruner/source", "packages/cli/src/bin.ts"];

/** Keeps the first half of each view. */
const FOVEA = `
export function fovea() {
  const half = ({ start, count }) => Array.from({ length: count / 2 }, (_, index) => start + index);
  const select = ({ views }) => ({ decision: "pruned", keep: Int32Array.from(views.flatMap(half)), reason: "fovea" });
  return { name: "fovea", retention: 0.5, select };
}
`;

function filesOf(folder: string): [path: string, text: string][] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)))
    .toSorted()
    .map((path) => [path, readFileSync(join(folder, path), "utf8")]);
}

/**
 * A third party's way: a plugin's package from the installed command line, its tests, its publication, and its use in
 * a project that knows it from the registry only, with a pruner of that project's own.
 *
 * @param scratch folder for both packages; outside the repository
 * @param project the user's, in which the command line is installed
 */
export async function plugInFromOutside(scratch: string, project: CommandPlace): Promise<void> {
  const plugin = { ...project, folder: join(scratch, "plugin") };
  await runCommand("new-plugin", ["npx", "vla-pruner", "new-plugin", NAME, "--out", plugin.folder], project);
  const fromSources = join(scratch, "from-sources");
  const again = [process.execPath, ...FROM_SOURCES, "new-plugin", NAME, "--out", fromSources];
  await runCommand("new-plugin from sources", again, { folder: REPOSITORY });
  assert.deepEqual(filesOf(plugin.folder), filesOf(fromSources));

  await runCommand("plugin: install", ["npm", "install", "--ignore-scripts"], plugin);
  await runCommand("plugin: build", ["npm", "run", "build"], plugin);
  await runCommand("plugin: test", ["npm", "test"], plugin);
  await runCommand("plugin: publish", ["npm", "publish"], plugin);

  await runCommand("install the plugin", ["npm", "install", "--ignore-scripts", NAME], project);
  copyFileSync(join(REPOSITORY, "examples", "frames", "frame-0.png"), join(project.folder, "frame.png"));
  const step = { instruction: "put it down", images: { image: "frame.png" } };
  writeFileSync(join(project.folder, "episode.jsonl"), `${JSON.stringify(step)}\n`);
  writeFileSync(join(project.folder, "fovea.mjs"), FOVEA);
  const run = (command: string, ...words: string[]): Promise<string> =>
    runCommand(`plugin: ${command}`, ["npx", "vla-pruner", command, ...words, "--plugin", NAME], project);
  await run("convert", "--synthetic", "demo", "--out", "m");
  const act = ["m", "--episode", "episode.jsonl", "--json"];
  const line = JSON.parse(await run("act", ...act, "--pruner", "./fovea.mjs#fovea")) as { kept: number[][] };
  assert.equal(line.kept.flat().length, 32, "half of 64 tokens, by the pruner of the project");
  await run("bench", "m", "--runs", "1");
}
