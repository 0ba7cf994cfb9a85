/**
 * Writes the seeded base models and episodes of plugin-openvla-oft's tests, for the official code to run on:
 *
 *     node --import tsx --conditions=@vla-pruner/source write-fixtures.ts FOLDER
 */
import { join } from "node:path";
import { ALOHA, LIBERO } from "../../../packages/plugin-openvla-oft/test/support/fixtures.ts";
import { writeBase, writeEpisode } from "../../../packages/plugin-openvla-oft/test/support/oft-fixture.ts";

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("write-fixtures: name the folder to write into");
for (const [fixture, chunkSize] of [
  [LIBERO, 8 * 7],
  [ALOHA, 25 * 14],
] as const) {
  await writeBase(join(folder, fixture.name), fixture);
  await writeEpisode(join(folder, fixture.name), fixture, chunkSize);
}
