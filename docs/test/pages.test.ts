import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
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

describe("pages of the documentation", () => {
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
