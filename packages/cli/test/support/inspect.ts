import assert from "node:assert/strict";
import { succeed } from "./run-cli.ts";

/** What `inspect --json` prints, as far as the tests read it. */
export interface Report {
  readonly architecture: string;
  readonly dtype: string;
  readonly pruneLayer: number;
  readonly actionLayers: readonly number[];
  readonly tappedLayers: readonly number[];
  readonly views: number;
  readonly visionTokensPerView: number;
  readonly unnormKeys: readonly string[];
  readonly statistics: unknown;
  readonly sessions: readonly SessionReport[];
}

export interface SessionReport {
  readonly session: string;
  readonly file: string;
  readonly bytes: number;
  readonly parameters: number;
  readonly nodes: number;
  readonly inputs: readonly { readonly name: string; readonly dims: readonly unknown[] }[];
  readonly outputs: readonly { readonly name: string; readonly dims: readonly unknown[] }[];
}

/** The report of a model directory; fails when anything else is on stdout. */
export async function inspectModel(model: string): Promise<Report> {
  const stdout = await succeed("inspect", model, "--json");
  assert.equal(stdout.trimEnd().includes("\n"), false, "one line");
  return JSON.parse(stdout) as Report;
}
