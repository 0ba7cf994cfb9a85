import assert from "node:assert/strict";
import type { ErrorCode } from "@vla-pruner/format";
import { TWO_STATISTICS } from "./support/checkpoint.ts";
import { numericEpisode } from "./support/episode.ts";
import { convertTiny, tinyModel } from "./support/model.ts";
import { fail } from "./support/run-cli.ts";

const OPTIONS: readonly (readonly [ErrorCode, RegExp, readonly string[]])[] = [
  ...["0", "-1", "NaN", "1.5", "1e-400", "Infinity"].map(
    (ratio) => ["invalid-option", /retention ratio in \(0, 1\]/u, ["--retention", ratio]] as const,
  ),
  ["invalid-option", /--retention: a number, found "abc"/u, ["--retention", "abc"]],
  ["invalid-option", /--retention: a number, found ""/u, ["--retention", ""]],
  ["invalid-option", /retention ratio/u, ["--retention", "0", "--pruner", "divprune"]],
  ["invalid-option", /window/u, ["--window", "0"]],
  ["invalid-option", /window/u, ["--window", "2.5"]],
  ["invalid-option", /decay in \(0, 1\]/u, ["--decay", "0"]],
  ["invalid-option", /decay in \(0, 1\]/u, ["--decay", "2"]],
  ["invalid-option", /keep-all.* found magic/u, ["--pruner", "magic"]],
  ["invalid-option", /found toString/u, ["--pruner", "toString"]],
  ["invalid-option", /--semantic-rows: one of last, prefill/u, ["--semantic-rows", "first"]],
  ["invalid-option", /--warmup/u, ["--warmup", "cold"]],
  ["invalid-option", /--unseen/u, ["--unseen", "forget"]],
  ["invalid-option", /--device/u, ["--device", "abacus"]],
  ["invalid-option", /--seed: a whole number/u, ["--seed", "1.5"]],
  ["invalid-option", /--steps: a whole number of at least 1/u, ["--steps", "0"]],
  ["invalid-option", /--steps: a whole number, found "many"/u, ["--steps", "many"]],
  ["invalid-option", /below the cut.*found openvla, tapped at/u, ["--current-action"]],
  ["invalid-option", /forecast.*found fastv;/u, ["--current-action", "--pruner", "fastv"]],
  ["invalid-option", /fastv reads.*found --semantic-rows/u, ["--pruner", "fastv", "--semantic-rows", "text"]],
  ["invalid-option", /found --warmup/u, ["--pruner", "divprune", "--warmup", "dense"]],
  ["invalid-option", /found --candidates/u, ["--pruner", "sparsevlm", "--candidates", "7"]],
  ["invalid-option", /found --visible-rows/u, ["--pruner", "random", "--visible-rows"]],
  ["invalid-option", /found --budget/u, ["--pruner", "keep-all", "--budget", "joint"]],
  ["invalid-option", /action layers among .* found 6/u, ["--action-layers", "6"]],
  ["invalid-option", /layer numbers, found \[-1\]/u, ["--action-layers", "-1"]],
  ["invalid-option", /--action-layers: a whole number/u, ["--action-layers", ""]],
  ["unnorm-key", /tiny.* found none_such/u, ["--unnorm-key", "none_such"]],
  ["unnorm-key", /found __proto__/u, ["--unnorm-key", "__proto__"]],
  ["usage", /--retain/u, ["--retain", "0.5"]],
  ["usage", /argument missing/u, ["--window"]],
];

describe("act refuses options", () => {
  for (const [code, says, options] of OPTIONS) {
    it(options.map((word) => word || '""').join(" "), async () => {
      assert.match(
        await fail(code, "act", await tinyModel(), "--episode", await numericEpisode(), "--json", ...options),
        says,
      );
    });
  }

  it("several statistics and no --unnorm-key", async () => {
    const model = await convertTiny({ config: TWO_STATISTICS });
    const line = await fail("unnorm-key", "act", model, "--episode", await numericEpisode(), "--json");
    assert.match(line, /tiny, other.*--unnorm-key/u);
  });

  it("no --episode", async () => {
    assert.match(await fail("usage", "act", await tinyModel(), "--json"), /--episode/u);
  });

  it("no model directory", async () => {
    assert.match(await fail("usage", "act", "--episode", await numericEpisode()), /model-dir/u);
  });
});

describe("bench refuses options", () => {
  for (const [code, says, options] of [
    ["invalid-option", /--runs: a whole number of at least 1/u, ["--runs", "0"]],
    ["invalid-option", /--runs: a whole number/u, ["--runs", "many"]],
    ["invalid-option", /retention ratio/u, ["--retention", "0.5,0"]],
    ["invalid-option", /--retention: a number, found ""/u, ["--retention", "1,,0.5"]],
  ] as const) {
    it(options.join(" "), async () => {
      assert.match(await fail(code, "bench", await tinyModel(), "--json", ...options), says);
    });
  }
});
