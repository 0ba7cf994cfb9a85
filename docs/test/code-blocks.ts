import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";

export const REPOSITORY = join(import.meta.dirname, "..", "..");

/**
 * A fenced block of a page: `ts runnable` and `sh runnable` are run, `ts checked` is type-checked. A program with a file
 * name, `ts runnable examples/first.ts`, is put there, and a command of its page runs it.
 */
export interface CodeBlock {
  readonly page: string;
  readonly line: number;
  readonly info: string;
  /** Where the page says that the program goes. */
  readonly file: string | null;
  readonly code: string;
}

/** Paths of the pages that are tested, relative to the repository. */
export function pages(): string[] {
  const under = (folder: string): string[] =>
    readdirSync(join(REPOSITORY, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".md"))
      .map((name) => join(folder, name));
  const packages = readdirSync(join(REPOSITORY, "packages")).map((name) => join("packages", name));
  const cards = packages.flatMap((folder) =>
    readdirSync(join(REPOSITORY, folder))
      .filter((name) => name === "README.md")
      .map((name) => join(folder, name)),
  );
  return ["README.md", "CONTRIBUTING.md", ...under("docs"), ...under("checkpoints"), ...cards];
}

/** Fenced blocks whose first line says that they are tested. */
export function codeBlocks(page: string): CodeBlock[] {
  const text = readFileSync(join(REPOSITORY, page), "utf8");
  const fence = /^```(ts|sh) (runnable|checked)(?: (\S+))?\n(.*?)^```$/gms;
  return [...text.matchAll(fence)].map(({ 1: language, 2: mark, 3: file = null, 4: code = "", index }) => ({
    page,
    line: text.slice(0, index).split("\n").length,
    info: `${language} ${mark}`,
    file,
    code,
  }));
}

/** A folder in which the repository's packages, checkpoint and frames lie where the pages say. */
export class Workplace {
  readonly folder = mkdtempSync(join(tmpdir(), "vla-pruner-docs-"));

  constructor() {
    symlinkSync(join(REPOSITORY, "examples", "node_modules"), join(this.folder, "node_modules"), "junction");
    mkdirSync(join(this.folder, "examples"));
    for (const name of ["checkpoints", join("examples", "frames"), join("examples", "toy-vla")]) {
      symlinkSync(join(REPOSITORY, name), join(this.folder, name), "junction");
    }
    writeFileSync(join(this.folder, "package.json"), '{ "type": "module" }\n');
  }

  write(name: string, code: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, code);
    return path;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Words that make Node run TypeScript on the packages' sources. */
export const FROM_SOURCES: readonly string[] = [
  "--import",
  pathToFileURL(join(REPOSITORY, "node_modules", "tsx", "dist", "loader.mjs")).href,
  "--conditions=@vla-pruner/source",
];

/** A short name for a block: page and line. */
export function nameOf({ page, line }: CodeBlock): string {
  return `${relative(".", page)}:${line}`;
}
