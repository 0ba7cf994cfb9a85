/**
 * Writes the seeded checkpoints of plugin-openvla's tests, for the official code to run on:
 *
 *     node --import tsx --conditions=@vla-pruner/source write-fixtures.ts FOLDER
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { REFERENCE } from "../../../packages/plugin-openvla/test/support/fixtures.ts";
import { VARIANTS } from "../../../packages/plugin-openvla/test/support/variants.ts";
import {
  writeCheckpoint,
  writeEpisode,
} from "../../../packages/plugin-openvla/test/support/openvla-fixture.ts";

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("write-fixtures: name the folder to write into");
for (const fixture of [REFERENCE, ...VARIANTS]) {
  const target = join(folder, fixture.name);
  await writeCheckpoint(target, fixture);
  await writeEpisode(target, fixture);
  // What the Python scripts cannot know of a checkpoint from its files.
  await writeFile(join(target, "prune-layer"), `${fixture.options.pruneLayer}\n`);
}
