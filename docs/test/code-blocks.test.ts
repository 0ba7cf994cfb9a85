import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { codeBlocks, FROM_SOURCES, nameOf, pages, REPOSITORY, Workplace } from "./code-blocks.ts";
import type { CodeBlock } from "./code-blocks.ts";

const NODE = [process.execPath, ...FROM_SOURCES].map((word) => `"${word}"`).join(" ");
const TYPESCRIPT = join(REPOSITORY, "node_modules", "typescript", "bin", "tsc");

describe("code in the documentation", () => {
  const blocks = pages().flatMap(codeBlocks);
  const typescript = blocks.filter(({ info }) => info.startsWith("ts "));
  let work: Workplace;

  before(() => {
    work = new Workplace();
    for (const { file, code } of typescript) if (file !== null) work.write(file, code);
  });

  after(() => work.remove());

  it("has blocks to test", () => {
    for (const page of ["README.md", join("docs", "recipes", "new-adapter.md")]) {
      assert.ok(
        blocks.some((block) => block.page === page),
        page,
      );
    }
  });

  it("type-checks", () => {
    const include = typescript.map(({ code }, index) =>
      work.write(`block-${index}.ts`, `${code}\nexport {};\n`),
    );
    const compilerOptions = { typeRoots: [join(REPOSITORY, "node_modules", "@types")], types: ["node"] };
    const config = { extends: join(REPOSITORY, "examples", "tsconfig.json"), compilerOptions, include };
    work.write("tsconfig.json", JSON.stringify(config));
    try {
      execFileSync(process.execPath, [TYPESCRIPT], { cwd: work.folder, encoding: "utf8" });
    } catch (error) {
      const output = (error as { stdout?: string }).stdout ?? String(error);
      // Errors in a package's sources are that package's own business.
      const found = output
        .split("\n")
        .filter((line) => /^(block-|error)/.test(line))
        .join("\n");
      if (found === "") return;
      const named = found.replaceAll(/block-(\d+)\.ts/g, (text, index: string) => {
        const block = typescript[Number(index)];
        return block === undefined ? text : nameOf(block);
      });
      assert.fail(named);
    }
  });

  const commands = blocks.filter(({ info }) => info === "sh runnable");
  const withCommands = [...new Set(commands.map(({ page }) => page))];
  const started = new Map<CodeBlock, Promise<unknown>>();

  /** Runs what is not yet run of a page, one block after the other. */
  function start(page: string | undefined): void {
    let before: Promise<unknown> = Promise.resolve();
    for (const block of commands.filter((one) => one.page === page && !started.has(one))) {
      const done = before.then(() => runCommands(block, work.folder));
      started.set(block, done);
      before = done.catch(() => undefined); // told by its own test
    }
  }

  // Commands before programs: the README's commands make the model that the programs, and other pages, load.
  for (const block of commands) {
    it(`runs the commands of ${nameOf(block)}`, async () => {
      const place = withCommands.indexOf(block.page);
      start(block.page);
      if (place > 0) start(withCommands[place + 1]); // meanwhile: pages need nothing of each other but of the README
      await started.get(block);
    });
  }

  describe("programs", () => {
    const programs = typescript.filter(({ info, file }) => info === "ts runnable" && file === null);
    let results: { printed: string; error: string | null }[] = [];

    before(() => {
      const paths = programs.map(({ code }, index) => work.write(`program-${index}.ts`, code));
      const runner = fileURLToPath(new URL("./run-programs.ts", import.meta.url));
      const words = [...FROM_SOURCES, runner, ...paths];
      results = JSON.parse(execFileSync(process.execPath, words, { cwd: work.folder, encoding: "utf8" }));
    });

    for (const [index, block] of programs.entries()) {
      it(`of ${nameOf(block)} runs`, () => {
        const { printed, error } = results[index] ?? { printed: "", error: "it was not run" };
        assert.equal(error, null);
        // What a program prints stands in comments behind the line that prints it: `// prints: text`.
        for (const [, expected = ""] of block.code.matchAll(/\/\/ prints: (.*)$/gm)) {
          assert.ok(printed.includes(expected), `prints "${expected}", not: ${printed}`);
        }
      });
    }
  });
});

async function runCommands({ code }: CodeBlock, cwd: string): Promise<void> {
  const program = join(REPOSITORY, "packages", "cli", "src", "bin.ts");
  const script = code
    .replaceAll("npx pnpm@12 vla-pruner", `${NODE} "${program}"`)
    .replaceAll("npx pnpm@12 example", NODE);
  assert.doesNotMatch(script, /pnpm/, "the test knows no other command");
  await promisify(execFile)("sh", ["-e", "-c", script], { cwd });
}
