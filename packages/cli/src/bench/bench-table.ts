import type { BenchCell } from "./bench-report.ts";
import type { Spread } from "./spread.ts";

/** Columns that are left out where all rows say the same. */
const OPTIONAL: readonly (readonly [string, (cell: BenchCell) => string])[] = [
  ["model", ({ model }) => model],
  ["dtype", ({ dtype }) => dtype],
  ["draft", ({ draft, accepted }) => (accepted === null ? draft : `${draft}, ${accepted} right`)],
];

/** A table for people, and what loading took. */
export function benchTable(cells: readonly BenchCell[]): string {
  const stages = Object.keys(cells[0]?.stages ?? {});
  const telling = OPTIONAL.filter(([, of]) => new Set(cells.map(of)).size > 1);
  const titles = telling.map(([title]) => title);
  const header = [
    ...titles,
    "keep",
    "tokens",
    ...stages,
    "LLM part",
    "whole step",
    "LLM ×",
    "step ×",
    "prefill FLOPs",
  ];
  const rows = cells.map((cell) => [
    ...telling.map(([, of]) => of(cell)),
    String(cell.retention),
    String(cell.kept),
    ...stages.map((name) => show(cell.stages[name])),
    show(cell.llm ?? undefined),
    show(cell.total),
    cell.speedup.llm?.toFixed(2) ?? "",
    cell.speedup.total.toFixed(2),
    `${(100 * cell.flops.prefillRatio).toFixed(1)} %`,
  ]);
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string =>
    row.map((text, column) => text.padStart(widths[column] ?? 0)).join("  ");
  const [first] = cells;
  const notes = `median (p10–p90) in ms, ${first?.runs ?? 0} interleaved runs each; ${first?.machine ?? ""}`;
  return `${[line(header), ...rows.map(line), "", notes, ...loadLines(cells)].join("\n")}\n`;
}

function loadLines(cells: readonly BenchCell[]): string[] {
  const lines = cells.map(({ model, dtype, load, memory }) => {
    const cards = memory.cards === null ? "" : `, ${megabytes(memory.cards)} on the card`;
    return `${model} (${dtype}) loads in ${load.toFixed(0)} ms and takes ${megabytes(memory.process)}${cards}`;
  });
  return [...new Set(lines)];
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}

function show(spread: Spread | undefined): string {
  if (spread === undefined) return "";
  const digits = spread.median < 10 ? 2 : 0;
  return `${spread.median.toFixed(digits)} (${spread.p10.toFixed(digits)}–${spread.p90.toFixed(digits)})`;
}
