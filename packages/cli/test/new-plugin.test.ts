import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { adapterContract } from "@vla-pruner/core/testing";
import { makeFolder } from "./support/folder.ts";
import { TOY } from "./support/outside.ts";
import { startCli } from "./support/run-child.ts";
import { fail, succeed } from "./support/run-cli.ts";

const REPOSITORY = fileURLToPath(new URL("../../../", import.meta.url));
const NAME = "@me/vla-plugin-tiny-octo";

/** Every file below a folder but installed ones: path and text. */
function filesOf(folder: string): [path: string, text: string][] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes("node_modules"))
    .map(({ parentPath, name }) => join(parentPath, name))
    .map((path) => [path.slice(folder.length + 1), readFileSync(path, "utf8")]);
}

/** Puts what `npm install` would bring where it would put it, from this repository. */
function install(folder: string): void {
  const [ours, own] = [join(REPOSITORY, "node_modules"), join(REPOSITORY, "packages", "cli", "node_modules")];
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(join(own, "@vla-pruner"), join(folder, "node_modules", "@vla-pruner"), "junction");
  for (const name of ["@types", "mocha", "tsx", "typescript"])
    symlinkSync(join(ours, name), join(folder, "node_modules", name), "junction");
}

describe("new-plugin", () => {
  const folder = join(makeFolder(), "deeper", "octo");
  const inPackage = async (...words: readonly string[]): Promise<string> => {
    const env = { ...process.env, NODE_OPTIONS: "--conditions=@vla-pruner/source" };
    const ran = promisify(execFile)(process.execPath, words, { cwd: folder, env });
    const { stdout } = await ran.catch((error: { stdout: string; stderr: string }) =>
      assert.fail(`${words.join(" ")}\n${error.stdout}${error.stderr}`),
    );
    return stdout;
  };
  before(async () => {
    const words = [NAME, "--out", folder, "--architecture", "octo-like"];
    assert.equal(await succeed("new-plugin", ...words), `${folder}\n`);
    install(folder);
  });

  it("leaves no name of the toy, and keeps the names that the user chose", () => {
    const files = new Map(filesOf(folder));
    for (const [path, text] of files) assert.doesNotMatch(`${path}\n${text}`, /toy|\^0\.0\.0/iu, path);
    assert.match(files.get(join("src", "tiny-octo-adapter.ts")) ?? "", /function tinyOctoVla\(/u);
    assert.match(files.get(join("src", "tiny-octo-recipe.ts")) ?? "", /architecture: "octo-like"/u);
    assert.match(files.get("package.json") ?? "", /"name": "@me\/vla-plugin-tiny-octo"/u);
    assert.match(files.get(".gitignore") ?? "", /^node_modules\/$/mu);
  });

  it("asks for this version of VLA-Pruner, and for the tools that are tested here", () => {
    const { peerDependencies, devDependencies } = JSON.parse(
      readFileSync(join(folder, "package.json"), "utf8"),
    ) as Record<string, Record<string, string>>;
    const own = readFileSync(join(REPOSITORY, "packages", "cli", "package.json"), "utf8");
    const { version } = JSON.parse(own) as { version: string };
    const { "vla-pruner": cli, ...tools } = devDependencies ?? {};
    assert.deepEqual(new Set([cli, ...Object.values(peerDependencies ?? {})]), new Set([`^${version}`]));
    const catalog = readFileSync(join(REPOSITORY, "pnpm-workspace.yaml"), "utf8")
      .replaceAll('"', "")
      .split("\n");
    for (const [tool, range] of Object.entries(tools))
      assert.ok(catalog.includes(`  ${tool}: ${range}`), `${tool} ${range}`);
  });

  it("type-checks, and passes the tests that it brings", async () => {
    const conditions = ["--customConditions", "@vla-pruner/source"];
    await inPackage(join("node_modules", "typescript", "bin", "tsc"), ...conditions);
    const printed = await inPackage(join("node_modules", "mocha", "bin", "mocha.js"), "--reporter", "json");
    const { stats, passes } = JSON.parse(printed) as {
      stats: { failures: number };
      passes: { title: string }[];
    };
    assert.equal(stats.failures, 0);
    const passed = new Set(passes.map(({ title }) => title));
    for (const check of [...Object.keys(adapterContract), "vla.image_size"])
      assert.ok(passed.has(check), check);
  });

  it("builds, and serves the command line from its own folder as its README says", async () => {
    const project = ["-p", "tsconfig.build.json", "--customConditions", "@vla-pruner/source"];
    await inPackage(join("node_modules", "typescript", "bin", "tsc"), ...project);
    const readme = readFileSync(join(folder, "README.md"), "utf8");
    const commands = readme.match(/^npx vla-pruner (?:convert --synthetic|inspect) .*$/gmu) ?? [];
    assert.equal(commands.length, 2);
    for (const command of commands) {
      const { code, stderr } = await startCli(command.split(" ").slice(2), folder).done;
      assert.deepEqual({ code, stderr }, { code: 0, stderr: "" }, command);
    }
  });

  it("is the toy itself under the toy's name", async () => {
    const toy = join(makeFolder(), "toy");
    await succeed("new-plugin", "vla-plugin-toy-vla", "--out", toy);
    assert.deepEqual(filesOf(join(toy, "src")), filesOf(dirname(TOY)));
  });

  it("is not misled by a name that holds the toy's", async () => {
    const story = join(makeFolder(), "story");
    await succeed("new-plugin", "toy-story", "--out", story);
    for (const [path, text] of filesOf(story))
      assert.doesNotMatch(`${path}\n${text}`, /toy(?![-_]?story)|story[-_]?story/iu, path);
  });

  it("makes a folder of the name without its scope, in a folder that is there or not", async () => {
    const parent = makeFolder();
    mkdirSync(join(parent, "vla-plugin-foo"));
    const { code, stdout } = await startCli(["new-plugin", "@me/vla-plugin-foo"], parent).done;
    assert.deepEqual({ code, stdout }, { code: 0, stdout: "vla-plugin-foo\n" });
    assert.ok(readdirSync(join(parent, "vla-plugin-foo", "src")).includes("foo-adapter.ts"));
  });
});

describe("new-plugin refuses", () => {
  for (const [name, says] of Object.entries({
    Foo: /that npm takes.*capital/u,
    "@me/": /that npm takes/u,
    "../foo": /that npm takes/u,
    "": /that npm takes/u,
    node_modules: /that npm takes/u,
    "vla-plugin-3d": /identifiers can be made/u,
    "@me/plugin-": /identifiers can be made/u,
    "vla-plugin-cut": /a second CutPlan/u,
  })) {
    it(`the name ${JSON.stringify(name)}`, async () => {
      const out = join(makeFolder(), "out");
      assert.match(await fail("invalid-option", "new-plugin", name, "--out", out), says);
      assert.throws(() => readdirSync(out), "nothing is written");
    });
  }

  it("an architecture that no file could name", async () => {
    for (const name of ["", 'a"b', "a b", "-a"])
      await fail("invalid-option", "new-plugin", "vla-plugin-foo", `--architecture=${name}`);
  });

  it("a folder that holds something, and a file in its place", async () => {
    const out = makeFolder();
    writeFileSync(join(out, "mine.txt"), "mine");
    await fail("output-exists", "new-plugin", "vla-plugin-foo", "--out", out);
    assert.deepEqual(readdirSync(out), ["mine.txt"]);
    await fail("output-exists", "new-plugin", "vla-plugin-foo", "--out", join(out, "mine.txt"));
  });
});
