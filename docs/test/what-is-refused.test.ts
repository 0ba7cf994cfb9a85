import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { REPOSITORY } from "./code-blocks.ts";

const PAGE = readFileSync(join(REPOSITORY, "docs", "what-is-refused.md"), "utf8");
const CODES = readFileSync(join(REPOSITORY, "packages", "format", "src", "errors", "error-code.ts"), "utf8");

/** Cells of the rows of all tables, without heads and rules. */
function rows(): string[][] {
  const lines = PAGE.split("\n").filter((line) => line.startsWith("|") && !/^\|[\s:|-]+$/u.test(line));
  const cells = lines.map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  return cells.filter(([mistake]) => mistake !== "mistake");
}

describe("docs/what-is-refused.md", () => {
  for (const [mistake = "", outcome = "", check = "", test = ""] of rows()) {
    it(`${mistake}: names what happens, and a test that there is`, () => {
      const codes = [...outcome.matchAll(/`([a-z-]+)`/gu)].map(([, code]) => code);
      assert.ok(codes.length > 0 || /^_(?:warned|right)_/u.test(outcome), `${mistake}: ${outcome}`);
      for (const code of codes) assert.ok(CODES.includes(`"${code}"`), `${code} is no code of ours`);
      assert.notEqual(check, "", mistake);
      const [, title = "", path = ""] = /^\[(.+)\]\(\.\.\/(.+\.test\.ts)\)$/u.exec(test) ?? [];
      assert.ok(title !== "", `${mistake}: [title of a test](../path.test.ts), found ${test}`);
      assert.ok(readFileSync(join(REPOSITORY, path), "utf8").includes(title), `${path} has no test ${title}`);
    });
  }
});
