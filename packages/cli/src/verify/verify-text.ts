import type { VerifyReport } from "./verify-model.ts";

const SIGNS = { passed: "ok", failed: "NOT OK", unknown: "?" } as const;

/** For people: a line a check, then about ten lines to hold against the training code. */
export function verifyText({ model, architecture, dtype, checks, inputs }: VerifyReport): string {
  const width = Math.max(...inputs.map(({ about }) => about.length), 0);
  return [
    `${model}: ${architecture}, ${dtype}`,
    ...checks.map(({ check, outcome, says }) => `${SIGNS[outcome].padEnd(6)}  ${check}: ${says}`),
    ...(inputs.length === 0
      ? []
      : ["", "What it does with what it is given; compare with your training code:"]),
    ...inputs.map(({ about, says }) => `  ${about.padEnd(width)}  ${says}`),
    "",
  ].join("\n");
}
