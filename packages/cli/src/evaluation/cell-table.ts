import { callMilliseconds } from "@vla-pruner/eval";
import type { CellReport } from "@vla-pruner/eval";

/** For machines, `--json`: a line a cell. */
export function cellLines(cells: readonly CellReport[]): string {
  return cells.map((cell) => `${JSON.stringify(cell)}\n`).join("");
}

/** A table for people: a row a cell. */
export function cellTable(cells: readonly CellReport[]): string {
  const drafted = cells.some(({ drafts }) => drafts);
  const guessed = cells.some(({ drafts }) => drafts?.passes);
  const header = [
    "policy",
    "suite",
    "pruner",
    "keep",
    "warm-up",
    "episodes",
    "success",
    "95 %",
    "steps",
    ...(drafted ? ["draft right"] : []),
    ...(guessed ? ["passes"] : []),
    "ms a call",
  ];
  const rows = cells.map((cell) => [
    cell.policy,
    cell.suite,
    cell.pruner,
    String(cell.retention),
    cell.warmup ?? "",
    String(cell.episodes),
    percent(cell.success),
    cell.interval.map(percent).join("–"),
    cell.steps?.toFixed(0) ?? "",
    ...(drafted ? [cell.drafts === undefined ? "" : percent(cell.drafts.acceptance)] : []),
    ...(guessed ? [cell.drafts?.passes?.toFixed(2) ?? ""] : []),
    callMilliseconds(cell).toFixed(1),
  ]);
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((word, column) =>
        column < 3 ? word.padEnd(widths[column] ?? 0) : word.padStart(widths[column] ?? 0),
      )
      .join("  ");
  return `${[header, ...rows].map(line).join("\n")}\n`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
