import { basename } from "node:path";
import type { Case } from "./run-fuzz.ts";

/** A line an outcome class, the largest first, with its count. */
export function classes(cases: readonly Case[]): string {
  const counts = new Map<string, number>();
  for (const { outcome } of cases) {
    const name = "code" in outcome ? `${outcome.kind} ${outcome.code}` : outcome.kind;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const lines = [...counts].toSorted(([, one], [, other]) => other - one);
  const total = `${cases.length} mistakes in ${new Set(cases.map(({ checkpoint }) => checkpoint)).size} checkpoints\n`;
  return total + lines.map(([name, count]) => `${String(count).padStart(7)}  ${name}\n`).join("");
}

/** What must not be, a line each. */
export function failures(cases: readonly Case[]): string[] {
  return cases.flatMap(({ seed, checkpoint, file, what, outcome }) => {
    if (outcome.kind !== "silent" && outcome.kind !== "crash") return [];
    return [`case ${seed}: ${basename(checkpoint)}/${file}: ${what}: ${outcome.kind}: ${outcome.says}`];
  });
}
