import { VlaPrunerError } from "@vla-pruner/format";

/** Refuses a retention ratio outside (0, 1]. */
export function checkRetention(retention: number): number {
  if (typeof retention === "number" && retention > 0 && retention <= 1) return retention;
  throw new VlaPrunerError("invalid-option", {
    expected: "retention ratio in (0, 1]",
    found: String(retention),
    fix: "pass the share of visual tokens to keep, for example 0.25",
  });
}

/**
 * Tokens to keep of `count`: `round(count · retention)`, halves to even as in the reference's Python,
 * at least one.
 */
export function budgetOf(count: number, retention: number): number {
  const exact = count * retention;
  const floor = Math.floor(exact);
  const half = exact - floor === 0.5;
  const rounded = half ? floor + (floor % 2) : Math.round(exact);
  return Math.min(count, Math.max(1, rounded));
}
