/**
 * `pnpm release:version`: takes up the changesets: versions and changelogs.
 * `pnpm release`: publishes every public package whose version the registry does not have, then tags the commit.
 * docs/recipes/release.md says in which order.
 */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildPackages } from "./publish/pack-packages.ts";
import { filterWords, publicPackages, REPOSITORY } from "./publish/public-packages.ts";
import { refusalOfNode, refusalsOf } from "./publish/release-refusals.ts";
import { runSteps } from "./publish/run-command.ts";

const OPTIONS = {
  "dry-run": { type: "boolean", default: false },
  registry: { type: "string" },
  "without-provenance": { type: "boolean", default: false },
} as const;

/** Runs a command on this terminal: a registry may ask for a password. */
function onTerminal(...words: string[]): void {
  const [command = "", ...parameters] = words;
  const { status, error } = spawnSync(command, parameters, { cwd: REPOSITORY, stdio: "inherit" });
  if (status !== 0) throw new Error(`${words.join(" ")} failed`, { cause: error });
}

function refuse(refusals: readonly string[]): void {
  if (refusals.length > 0) throw new Error(refusals.join("\n"));
}

function version(): void {
  const refusal = refusalOfNode(process.versions.node);
  refuse(refusal === null ? [] : [refusal]);
  onTerminal("pnpm", "exec", "changeset", "version");
}

async function publish(words: string[]): Promise<void> {
  const { values } = parseArgs({ args: words, options: OPTIONS });
  const provenance = !values["without-provenance"];
  const { ACTIONS_ID_TOKEN_REQUEST_URL, SIGSTORE_ID_TOKEN } = process.env;
  refuse(
    refusalsOf({
      node: process.versions.node,
      pending: readdirSync(join(REPOSITORY, ".changeset")).filter((name) => name.endsWith(".md")),
      provenance,
      canAttest: (ACTIONS_ID_TOKEN_REQUEST_URL ?? SIGSTORE_ID_TOKEN) !== undefined,
      packages: publicPackages(),
    }),
  );
  await buildPackages();
  const flags = [
    ...(provenance ? ["--provenance"] : []),
    ...(values["dry-run"] ? ["--dry-run"] : []),
    ...(values.registry === undefined ? [] : ["--registry", values.registry]),
  ];
  onTerminal("pnpm", ...filterWords(), "publish", "--access", "public", ...flags);
  // A tag says what everybody can install: not a rehearsal, not a registry on this machine.
  if (!values["dry-run"] && values.registry === undefined) onTerminal("pnpm", "exec", "changeset", "git-tag");
}

await runSteps(async () => {
  const [command, ...words] = process.argv.slice(2);
  if (command === "version") version();
  else if (command === "publish") await publish(words);
  else
    throw new Error(
      "usage: release.ts version | publish [--dry-run] [--registry URL] [--without-provenance]",
    );
});
