import assert from "node:assert/strict";
import { Script } from "node:vm";
import { hasCode } from "@vla-pruner/core/testing";
import { episodeReport } from "../../src/index.ts";
import type { EpisodeTrace } from "../../src/index.ts";
import { madeUpEpisode, OUTCOME } from "../support/made-up-episode.ts";
import { dataOf, scriptOf } from "../support/report-parts.ts";

const VOID = new Set(["meta", "input", "rect", "img", "br"]);

describe("episode report", () => {
  let pruned: EpisodeTrace;
  let dense: EpisodeTrace;
  before(async () => {
    pruned = await madeUpEpisode(40, 0.25);
    dense = await madeUpEpisode(3, 1);
  });

  it("is one document whose elements close in order", () => {
    const html = episodeReport([dense, pruned], { model: "tiny" });
    assert.match(html, /^<!doctype html>\n<html lang="en">/u);
    const bare = html
      .replaceAll(/(<(script|style)[^>]*>).*?(<\/\2>)/gsu, "$1$3")
      .replace("<!doctype html>", "");
    const open: string[] = [];
    for (const [, slash, name = ""] of bare.matchAll(/<(\/?)([a-z][a-z0-9]*)(?:\s[^<>]*)?>/gu)) {
      if (slash === "/") assert.equal(open.pop(), name);
      else if (!VOID.has(name)) open.push(name);
    }
    assert.deepEqual(open, []);
  });

  it("asks for nothing outside itself", () => {
    const html = episodeReport([dense, pruned], { model: "tiny" });
    assert.doesNotMatch(html, /https?:|\ssrc=|\shref=|url\(|@import|\bfetch\(|XMLHttp/u);
    assert.match(html, /default-src 'none'; img-src data:/u);
  });

  it("has a script that browsers can parse", () => {
    assert.ok(new Script(scriptOf(episodeReport([pruned], { model: "tiny" }), "")));
  });

  it("shows hostile texts as texts", () => {
    const hostile = `</script><script>alert("1")</script><!-- & '`;
    const trace = {
      label: hostile,
      outcome: { ...OUTCOME, instruction: hostile, task: hostile },
      calls: dense.calls.map((call) => ({ ...call, reason: hostile })),
    };
    const html = episodeReport([trace], { model: hostile, facts: { [hostile]: hostile } });
    assert.equal(html.split("<script").length, 3);
    assert.equal(html.split("</script").length, 3);
    assert.doesNotMatch(html, /<!--/u);
    assert.match(html, /<h1>“&lt;\/script&gt;&lt;script&gt;alert\(&quot;1&quot;\)/u);
    assert.equal(dataOf(html)[0]?.calls[0]?.reason, hostile);
  });

  it("says how each episode ended", () => {
    const lost = { ...pruned, outcome: { ...OUTCOME, success: false, steps: 150 } };
    const html = episodeReport([dense, lost], { model: "tiny" });
    assert.match(html, /<h2>dense<\/h2><span class="badge success">✓ solved in 80 steps/u);
    assert.match(html, /<h2>vla-pruner 25 %<\/h2><span class="badge">✗ not solved in 150 steps/u);
    assert.match(html, /<dd>40, 3 of them dense<\/dd>/u);
    assert.match(html, /max="39"/u);
  });

  it("stays under 3 MB for 40 calls of two moving cameras", () => {
    assert.ok(episodeReport([pruned], { model: "tiny" }).length < 3e6);
  });

  it("refuses to show nothing", () => {
    const none = { ...pruned, calls: [] };
    for (const traces of [[], [none], [pruned, none]])
      assert.throws(() => episodeReport(traces, { model: "tiny" }), hasCode("invalid-option"));
  });
});
