/**
 * Writes the seeded checkpoints and episodes of plugin-pi0's tests, for the official code to run on:
 *
 *     node --import tsx --conditions=@vla-pruner/source write-fixtures.ts FOLDER
 */
import { join } from "node:path";
import { PI0, PI05 } from "../../../packages/plugin-pi0/test/support/fixtures.ts";
import { writeCheckpoint, writeEpisodes } from "../../../packages/plugin-pi0/test/support/pi0-fixture.ts";

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("write-fixtures: name the folder to write into");
for (const fixture of [PI0, PI05]) {
  await writeCheckpoint(join(folder, fixture.name), fixture);
  await writeEpisodes(join(folder, fixture.name), fixture);
}
