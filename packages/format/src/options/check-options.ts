import { VlaPrunerError } from "../errors/vla-pruner-error.ts";

/**
 * Refuses options that nobody reads: a misspelt one would be left out in silence.
 *
 * @param of what takes the options, for the error: "vlaPruner"
 * @param known their names
 * @param retired names of earlier versions, and what to use in place of each
 * @throws `invalid-option`
 */
export function checkOptions(
  of: string,
  options: object | undefined,
  known: readonly string[],
  retired: Readonly<Record<string, string>> = {},
): void {
  for (const name of Object.keys(options ?? {})) {
    if (known.includes(name)) continue;
    const meant = Object.hasOwn(retired, name) ? retired[name] : closest(name, known);
    throw new VlaPrunerError("invalid-option", {
      expected: `options of ${of}: ${known.join(", ") || "none"}`,
      found: name,
      fix: meant === undefined ? "leave it out" : `write ${meant}`,
    });
  }
}

/** The known name with the fewest edits, if it is a likely slip. */
function closest(name: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((candidate) => ({ candidate, edits: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .toSorted((a, b) => a.edits - b.edits);
  return best !== undefined && best.edits <= Math.max(1, Math.floor(name.length / 3))
    ? best.candidate
    : undefined;
}

/** Levenshtein's. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
