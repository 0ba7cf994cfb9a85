import assert from "node:assert/strict";
import { successChart } from "../../src/report/success-chart.ts";
import { EVALUATED_PRUNERS } from "../../src/oracles/evaluated-pruners.ts";
import { summarizeTotals } from "../../src/report/summarize.ts";
import { record } from "../support/record.ts";

/** The chart of a policy that solves so many of 100 episodes. */
function chartOf(solved: number): string {
  const records = Array.from({ length: 100 }, (_, seed) =>
    record({ pruner: "vla-pruner", retention: 0.25, warmup: "semantic", seed, success: seed < solved }),
  );
  return successChart(summarizeTotals(records), "semantic");
}

/** Percentages on the axis, and the heights of all points and intervals. */
function readChart(svg: string): { marks: number[]; heights: number[] } {
  const numbers = (pattern: RegExp): number[] => [...svg.matchAll(pattern)].map(([, text]) => Number(text));
  return {
    marks: numbers(/>(\d+)<\/text>/gu),
    heights: numbers(/(?:\by[12]?="|translate\([\d.]+ )([\d.]+)/gu),
  };
}

/** Where the policy's one point lies, from above. */
function height(solved: number): number {
  return Number(/<path [^>]*translate\([\d.]+ ([\d.]+)\)/u.exec(chartOf(solved))?.[1]);
}

describe("the chart of success", () => {
  it("begins its axis where every interval still fits", () => {
    for (const [solved, lowest] of [
      [98, 75],
      [80, 50],
      [55, 0],
      [0, 0],
    ] as const) {
      const { marks } = readChart(chartOf(solved));
      assert.equal(Math.min(...marks), lowest, `${solved} % solved`);
      assert.equal(Math.max(...marks), 100);
    }
  });

  it("draws nothing outside its panel", () => {
    for (const solved of [0, 3, 50, 60, 83, 85, 100]) {
      const { heights } = readChart(chartOf(solved));
      assert.ok(heights.length > 6);
      assert.ok(Math.min(...heights) >= 0 && Math.max(...heights) <= 345, `${solved} % solved`);
    }
  });

  it("gives twelve methods points that differ without colour", () => {
    const methods = EVALUATED_PRUNERS.slice(1, 13);
    const records = methods.map((pruner) => record({ pruner, warmup: "semantic" }));
    const points = [
      ...successChart(summarizeTotals(records), "semantic").matchAll(/<path d="([^"]+)"([^>]+)>/gu),
    ];
    const shapes = points.map(
      ([, outline, style = ""]) => outline + String(style.includes('fill="#ffffff"')),
    );
    assert.equal(points.length, 2 * methods.length, "in the panel and in the legend");
    assert.equal(new Set(shapes).size, methods.length);
  });

  it("puts more success higher", () => {
    assert.ok(height(99) < height(97));
    assert.ok(height(40) < height(20));
  });
});
