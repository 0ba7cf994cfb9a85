/**
 * `pnpm clients [CASE…]`: every client of the field against a server of ours, `vla-pruner serve` as a user starts it.
 * Makes a venv with the pinned packages, tiny models with the sizes of the clients' robots, and compares the actions
 * that came over the wire with those of `act --json` for the same observations: two episodes each.
 *
 * Without Python or a package index it says so and ends well; `--must` makes that a failure.
 */
import { join } from "node:path";
import { CASES } from "./cases.ts";
import { makeEpisodes } from "./make-episodes.ts";
import { expectedActions, makeModel, playCases, python } from "./play-cases.ts";

const words = process.argv.slice(2);
const wanted = words.filter((word) => !word.startsWith("--"));
const interpreter = python();
if (interpreter === null) {
  process.stdout.write("clients: SKIPPED, no Python 3.10 or later, or no package index to install from\n");
  process.exit(words.includes("--must") ? 1 : 0);
}

let failed = 0;
const folder = join(".vla-pruner", "clients");
for (const [model, cases] of Object.entries(CASES)) {
  const asked = cases.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
  if (asked.length === 0) continue;
  const path = makeModel(model, folder);
  // States of one length for all of a model's clients: they see the same, and read parts of it.
  const most = asked.reduce((one, other) => (other.inputs.state > one.inputs.state ? other : one));
  const { steps } = makeEpisodes(folder, most.inputs);
  const got = await playCases(interpreter, path, steps, asked);
  const known = new Map<string, Actions>();
  for (const { name, inputs, pick = "chunk" } of asked) {
    const key = JSON.stringify(inputs);
    const expected = known.get(key) ?? expectedActions(path, makeEpisodes(folder, inputs).file);
    known.set(key, expected);
    const problem = compare(got.get(name), expected, pick);
    if (problem !== null) failed += 1;
    process.stdout.write(`${problem === null ? "ok    " : "FAILED"} ${name.padEnd(20)} ${problem ?? ""}\n`);
  }
}
process.exitCode = failed === 0 ? 0 : 1;

type Actions = readonly (readonly (readonly (readonly number[])[])[])[];

/** What differs, in words; `null` where nothing does: JSON keeps every bit of a number. */
function compare(
  got: { readonly actions?: unknown; readonly error?: string } | undefined,
  expected: Actions,
  pick: "chunk" | "first",
): string | null {
  if (got?.actions === undefined) return got?.error ?? "no answer";
  const wantedActions = expected.map((steps) =>
    steps.map((chunk) => (pick === "first" ? chunk[0] : chunk)?.flat()),
  );
  const found = (got.actions as Actions).map((steps) => steps.map((chunk) => [chunk].flat(3)));
  if (JSON.stringify(found) === JSON.stringify(wantedActions)) return null;
  return `got ${JSON.stringify(found).slice(0, 200)}, act --json gives ${JSON.stringify(wantedActions).slice(0, 200)}`;
}
