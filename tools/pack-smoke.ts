/** Packs every package, installs the tarballs into an empty npm project and runs the command line and the first program there. */
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const repository = resolve(import.meta.dirname, "..");

/** Runs one command; on failure throws an error that holds the whole output. */
function run(title: string, directory: string, command: string, ...parameters: string[]): void {
  const started = performance.now();
  const { status, error, stdout, stderr } = spawnSync(command, parameters, {
    cwd: directory,
    encoding: "utf8",
    env: { ...process.env, VLA_PRUNER_REPO: repository, NODE_OPTIONS: "" },
    maxBuffer: 2 ** 28,
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (status !== 0) {
    throw new Error(
      `${title} failed (${error?.message ?? `exit code ${status}`})\n${stdout ?? ""}${stderr ?? ""}`,
    );
  }
  console.log(`pack:smoke ${title}: ok (${((performance.now() - started) / 1000).toFixed(1)} s)`);
}

/** Builds and packs every published package; returns the paths of the tarballs. */
function packAll(directory: string): string[] {
  run("build", repository, "pnpm", "build");
  for (const name of readdirSync(join(repository, "packages"))) {
    const folder = join(repository, "packages", name);
    if (existsSync(join(folder, "package.json"))) {
      run(`pack ${name}`, folder, "pnpm", "pack", "--pack-destination", directory);
    }
  }
  return readdirSync(directory).map((file) => join(directory, file));
}

/** Creates an empty npm project that depends on the tarballs; install scripts stay off, so nothing native is fetched. */
function installInto(project: string, tarballs: string[]): void {
  writeFileSync(join(project, "package.json"), '{ "name": "smoke", "private": true, "type": "module" }\n');
  run("install", project, "npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", ...tarballs);
}

/** Runs the program of the first recipe as a user would, if the recipe exists. */
function runFirstProgram(project: string): void {
  const recipe = join(repository, "docs", "recipes", "first-program.mjs");
  if (!existsSync(recipe)) {
    console.log("pack:smoke first program: skipped, docs/recipes/first-program.mjs does not exist");
    return;
  }
  copyFileSync(recipe, join(project, "first-program.mjs"));
  run("first program", project, process.execPath, "first-program.mjs");
}

/** Makes the two folders of the check below `root`. */
function makeFolders(root: string): { tarballs: string; project: string } {
  const folders = { tarballs: join(root, "tarballs"), project: join(root, "project") };
  mkdirSync(folders.tarballs);
  mkdirSync(folders.project);
  return folders;
}

function main(): void {
  const root = mkdtempSync(join(tmpdir(), "vla-pruner-smoke-"));
  try {
    const { tarballs, project } = makeFolders(root);
    installInto(project, packAll(tarballs));
    run("vla-pruner --help", project, join(project, "node_modules", ".bin", "vla-pruner"), "--help");
    runFirstProgram(project);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

main();
