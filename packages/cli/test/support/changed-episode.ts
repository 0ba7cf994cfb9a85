import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/**
 * Writes an episode of one step beside a given one: its first step with some keys changed.
 *
 * @param change new values by key; `undefined` leaves the key out
 */
export async function changedEpisode(
  episode: string,
  change: Readonly<Record<string, unknown>>,
): Promise<string> {
  const [first = ""] = (await readFile(episode, "utf8")).split("\n");
  const path = join(dirname(episode), "changed.jsonl");
  await writeFile(path, `${JSON.stringify({ ...(JSON.parse(first) as object), ...change })}\n`);
  return path;
}
