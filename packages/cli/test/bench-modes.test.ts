import assert from "node:assert/strict";
import { tinyModel } from "./support/model.ts";
import { fail, succeed } from "./support/run-cli.ts";

interface Cell {
  readonly model: string;
  readonly draft: string;
  readonly accepted: number | null;
  readonly retention: number;
  readonly sequence: number;
  readonly load: number;
  readonly memory: { readonly process: number; readonly cards: number | null };
  readonly speedup: { readonly total: number };
}

async function bench(...options: readonly string[]): Promise<Cell[]> {
  const stdout = await succeed(
    "bench",
    await tinyModel(),
    "--runs",
    "2",
    "--warm-up",
    "1",
    "--json",
    ...options,
  );
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Cell);
}

describe("bench, what it can vary", () => {
  it("gives steps their own action as a draft, or a wrong one, and counts what was right", async () => {
    const cells = await bench("--retention", "1,0.5", "--draft", "none,accepted,refused");
    assert.deepEqual(
      cells.map(({ retention, draft, accepted }) => [retention, draft, accepted]),
      [1, 0.5].flatMap((retention) => [
        [retention, "none", null],
        [retention, "accepted", 6],
        [retention, "refused", 0],
      ]),
    );
    assert.equal(cells[0]?.speedup.total, 1);
    assert.match(
      await fail("invalid-option", "bench", await tinyModel(), "--draft", "all"),
      /none, accepted/u,
    );
  });

  it("measures several models in turn, each beside its own dense run, and says what loading took", async () => {
    const cells = await bench(await tinyModel(), "--retention", "1,0.5");
    assert.deepEqual(
      cells.map(({ retention, speedup }) => [retention, speedup.total === 1]),
      [
        [1, true],
        [0.5, false],
        [1, true],
        [0.5, false],
      ],
    );
    for (const { load, memory } of cells) assert.ok(load > 0 && Number.isFinite(memory.process));
  });

  it("feeds pictures of a camera's size, and instructions of a length", async () => {
    const [own] = await bench("--retention", "1");
    const [longer] = await bench("--retention", "1", "--prompt", "20", "--frame", "64x48");
    const [shorter] = await bench("--retention", "1", "--prompt", "10");
    assert.equal((longer?.sequence ?? 0) - (shorter?.sequence ?? 0), 10);
    assert.ok(own !== undefined);
    await fail("invalid-option", "bench", await tinyModel(), "--frame", "64");
  });

  it("soaks, and watches the memory of each tenth", async () => {
    const stdout = await succeed("bench", await tinyModel(), "--soak", "20", "--retention", "0.5", "--json");
    const { steps, median, p99, ratio, memory } = JSON.parse(stdout) as Record<string, number> & {
      memory: [];
    };
    assert.deepEqual([steps, memory.length, ratio], [20, 10, (p99 ?? 0) / (median ?? 0)]);
  });

  it("plays a control loop beside the model, in a worker", async () => {
    const options = ["--loop", "50", "--runs", "10", "--retention", "0.5", "--json"];
    const report = JSON.parse(await succeed("bench", await tinyModel(), ...options)) as Record<
      string,
      number
    >;
    assert.deepEqual([report["ticks"], report["hertz"]], [10, 50]);
    assert.equal((report["actions"] ?? 0) + (report["superseded"] ?? 0), 10);
    assert.ok((report["actions"] ?? 0) > 0);
  });
});
