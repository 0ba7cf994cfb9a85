import assert from "node:assert/strict";
import { convertTiny, tinyModel } from "./support/model.ts";
import { inspectModel } from "./support/inspect.ts";
import { succeed } from "./support/run-cli.ts";
import { TWO_STATISTICS } from "./support/checkpoint.ts";

describe("inspect", () => {
  it("--json reports architecture, cut, taps, sessions, inputs and outputs", async () => {
    const report = await inspectModel(await tinyModel());
    const { architecture, dtype, views, visionTokensPerView, unnormKeys } = report;
    assert.deepEqual(
      [architecture, dtype, views, visionTokensPerView, unnormKeys],
      ["openvla", "fp32", 1, 16, ["tiny"]],
    );
    const [vision, head, act] = report.sessions;
    assert.deepEqual(vision?.inputs, [{ name: "pixel_values", dims: [1, 6, 56, 56] }]);
    assert.equal(head?.file, "onnx/prefill_head.onnx");
    assert.ok(act?.outputs.some(({ name }) => name === "action_attention"));
    assert.ok(
      report.sessions.every(
        ({ bytes, parameters, nodes }) => bytes > 4 * parameters && parameters > 1000 && nodes > 10,
      ),
    );
  });

  it("draws runs of layers together for people", async () => {
    const text = await succeed(
      "inspect",
      await convertTiny({}, "--tap-layers", "action", "--action-layers", "0,2,3,4"),
    );
    assert.match(text, /\naction score: layers 0, 2 … 4\n/u);
  });

  it("shows people the same, without the cache's inputs", async () => {
    const text = await succeed("inspect", await tinyModel());
    assert.match(text, /^openvla, fp32\nlayers 0 … 2 see all tokens, the cut is before layer 3\n/u);
    assert.match(text, /\n {2}in {3}pixel_values \[1, 6, 56, 56\]\n/u);
    assert.doesNotMatch(text, /past_key_values|undefined|\[object/u);
  });
});

describe("bench", () => {
  interface Cell {
    readonly retention: number;
    readonly kept: number;
    readonly runs: number;
    readonly stages: Readonly<
      Record<string, { readonly median: number; readonly p10: number; readonly p90: number }>
    >;
    readonly total: { readonly median: number };
    readonly speedup: { readonly llm: number; readonly total: number };
    readonly flops: { readonly prefill: number; readonly prefillRatio: number };
  }
  const benchTiny = async (...options: readonly string[]): Promise<Cell[]> => {
    const stdout = await succeed("bench", await tinyModel(), "--runs", "2", "--json", ...options);
    return stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Cell);
  };

  it("--json prints a line a retention with medians and spread by stage", async () => {
    const cells = await benchTiny();
    assert.deepEqual(
      cells.map(({ retention, kept, runs }) => [retention, kept, runs]),
      [
        [1, 16, 2],
        [0.5, 8, 2],
        [0.25, 4, 2],
        [0.125, 2, 2],
      ],
    );
    for (const { stages, total } of cells) {
      assert.deepEqual(Object.keys(stages), [
        "prepare",
        "encodeVision",
        "prefillHead",
        "select",
        "act",
        "observe",
        "toAction",
      ]);
      for (const { median, p10, p90 } of Object.values(stages))
        assert.ok(p10 <= median && median <= p90 && p10 >= 0);
      assert.ok(total.median > 0);
    }
  });

  it("costs fall with retention, and dense is the measure wherever it stands", async () => {
    const [pruned, dense] = await benchTiny("--retention", "0.25,1");
    assert.deepEqual(dense?.speedup, { llm: 1, total: 1 });
    assert.equal(dense?.flops.prefillRatio, 1);
    assert.ok(
      (pruned?.flops.prefillRatio ?? 1) < 1 && (pruned?.flops.prefill ?? 0) < (dense?.flops.prefill ?? 0),
    );
    assert.equal(pruned?.speedup.total, (dense?.total.median ?? 0) / (pruned?.total.median ?? 0));
  });

  it("needs no choice of statistics, and prints a table for people", async () => {
    const table = await succeed(
      "bench",
      await convertTiny({ config: TWO_STATISTICS }),
      "--runs",
      "1",
      "--retention",
      "1,0.5",
    );
    const lines = table.trimEnd().split("\n");
    assert.match(lines[0] ?? "", /keep +tokens +prepare .* LLM part +whole step/u);
    assert.match(lines[2] ?? "", /^ *0\.5 +8 /u);
    assert.equal(new Set(lines.slice(0, 3).map((line) => line.length)).size, 1, "columns stand in line");
  });
});
