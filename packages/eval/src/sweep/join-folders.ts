import { checkOptions, VlaPrunerError } from "@vla-pruner/format";
import { keyOf } from "./episode-key.ts";
import { readEpisodes } from "./journal.ts";
import { joinSweepInfo, readSweepInfo } from "./sweep-info.ts";
import type { SweepInfo } from "./sweep-info.ts";
import type { EpisodeRecord } from "./types.ts";

/** What of the folders' episodes is wanted; everything where nothing is said. */
export interface EpisodeFilter {
  readonly pruners?: readonly string[];
  /** Beside the dense model, which keeps everything. */
  readonly retention?: readonly number[];
}

/**
 * The episodes of several folders, each once.
 *
 * @throws `state-invalid` for a folder without episodes, `invalid-option` where nothing that was played is wanted so
 */
export function joinFolders(
  folders: readonly string[],
  filter: EpisodeFilter = {},
): { info: SweepInfo; records: EpisodeRecord[] } {
  checkOptions("joinFolders", filter, ["pruners", "retention"]);
  const { pruners, retention } = filter;
  const infos = folders.map((folder) => readSweepInfo(folder) ?? nothingIn(folder));
  const records = new Map<string, EpisodeRecord>();
  for (const folder of folders) {
    const played = readEpisodes(folder);
    if (played.length === 0) nothingIn(folder);
    for (const record of played) if (!records.has(keyOf(record))) records.set(keyOf(record), record);
  }
  const all = [...records.values()];
  checkPlayed("--pruners", pruners, new Set(all.map(({ pruner }) => pruner)));
  checkPlayed("--retention", retention, new Set(all.map((record) => record.retention)));
  const wanted = all.filter(
    (record) =>
      (pruners?.includes(record.pruner) ?? true) &&
      (record.retention === 1 || (retention?.includes(record.retention) ?? true)),
  );
  return { info: infos.reduce(joinSweepInfo), records: wanted };
}

function checkPlayed<Value>(
  option: string,
  wanted: readonly Value[] | undefined,
  played: ReadonlySet<Value>,
): void {
  const missing = wanted?.find((value) => !played.has(value));
  if (missing === undefined) return;
  throw new VlaPrunerError("invalid-option", {
    expected: `${option}: of ${[...played].join(", ")}`,
    found: String(missing),
    fix: "name what was played, or leave the option out for everything",
  });
}

function nothingIn(folder: string): never {
  throw new VlaPrunerError("state-invalid", {
    expected: "a folder with sweep.json and episodes.jsonl",
    found: `no episodes in ${folder}`,
    fix: "pass the --out of a `vla-pruner eval`",
  });
}
