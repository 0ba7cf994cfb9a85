import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { pages, REPOSITORY } from "./code-blocks.ts";

/** Longest page of each kind, lines; the first pattern that fits counts. */
const LIMITS: readonly (readonly [RegExp, number])[] = [
  [/^README\.md$/, 120],
  [/^CONTRIBUTING\.md$/, 80],
  [/^docs\/architecture\.md$/, 150],
  [/^docs\/recipes\//, 100],
  [/^docs\/decisions\//, 60],
  [/^packages\//, 40],
];

/** What a decision says, in this order. */
const FORM = ["Accepted, ", "**To decide", "**Chosen", "**Because", "**Rests on", "**Given up"];

describe("pages of the documentation", () => {
  it("has an index of all decisions, each in the form that the index names", () => {
    const folder = join("docs", "decisions");
    const index = readFileSync(join(REPOSITORY, folder, "README.md"), "utf8");
    for (const page of pages()) {
      if (dirname(page) !== folder || basename(page) === "README.md") continue;
      assert.ok(index.includes(`](${basename(page)})`), page);
      const text = readFileSync(join(REPOSITORY, page), "utf8");
      const found = text.match(
        /^(?:# \d+\. |Accepted, |\*\*(?:To decide|Chosen|Because|Rests on|Given up)\b)/gmu,
      );
      const number = Number(basename(page).slice(0, 4));
      assert.deepEqual(found, [`# ${number}. `, ...FORM], page);
    }
  });

  for (const page of pages()) {
    const text = readFileSync(join(REPOSITORY, page), "utf8");

    it(`${page} links to files that exist`, () => {
      for (const [, target = ""] of text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
        if (/^[a-z]+:/.test(target)) continue;
        assert.ok(existsSync(join(REPOSITORY, dirname(page), target)), `${page} → ${target}`);
      }
    });

    const limit = LIMITS.find(([pattern]) => pattern.test(page.replaceAll("\\", "/")))?.[1];
    if (limit === undefined) continue;
    it(`${page} has at most ${limit} lines`, () => {
      assert.ok(text.trimEnd().split("\n").length <= limit);
    });
  }
});
