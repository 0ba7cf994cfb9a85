import { once } from "node:events";
import { writeFileSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { runServer } from "verdaccio";
import { filterWords, publicPackages, REPOSITORY } from "./public-packages.ts";
import { runCommand } from "./run-command.ts";
import { inScratchFolder } from "./scratch-folder.ts";

/** A registry on this machine, open to every name; what it does not hold comes from the usual registry. */
export interface LocalRegistry {
  /** `http://127.0.0.1:PORT/` */
  readonly url: string;
  /** Makes npm and pnpm install from and publish to it, in place of what the user's own settings say. */
  readonly environment: Readonly<Record<string, string>>;
}

/** The registry that npm uses here; a mirror, if the user has set one. */
async function usualRegistry(): Promise<string> {
  const words = ["npm", "config", "get", "registry"];
  return (await runCommand("registry behind", words, { folder: REPOSITORY })).trim();
}

/** Everybody may read and publish; names of this repository never come from outside. */
function configurationFor(storage: string, behind: string): Parameters<typeof runServer>[0] {
  const open = { access: "$all", publish: "$all", unpublish: "$all" };
  const ours = publicPackages().map(({ name }) => [name, open]);
  return {
    self_path: storage,
    storage,
    web: { enable: false },
    uplinks: { behind: { url: behind, cache: false, maxage: "1h" } },
    packages: Object.fromEntries([...ours, ["**", { ...open, proxy: "behind" }]]),
    log: { type: "stdout", format: "pretty", level: "fatal" },
  };
}

/** npm and pnpm publish only with a token, whatever it is; the user's own settings stay out of it. */
function environmentFor(url: string, folder: string): Record<string, string> {
  const settings = join(folder, "npmrc");
  writeFileSync(settings, `registry=${url}\n${url.replace("http:", "")}:_authToken=local\n`);
  return {
    NPM_CONFIG_USERCONFIG: settings,
    npm_config_userconfig: settings,
    npm_config_registry: url,
    npm_config_provenance: "false",
    npm_config_audit: "false",
    npm_config_fund: "false",
  };
}

/**
 * Starts a registry on 127.0.0.1, on a port that is free, with its storage in a temporary folder, and stops it
 * when `run` has ended, however it ended. It lives in this process: an interruption ends it, too.
 */
export async function withLocalRegistry<T>(run: (registry: LocalRegistry) => Promise<T>): Promise<T> {
  const behind = await usualRegistry();
  return inScratchFolder(async (folder) => {
    const server: Server = await runServer(configurationFor(join(folder, "storage"), behind));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      console.log(`registry: ${url}, ${behind} behind it`);
      return await run({ url, environment: environmentFor(url, folder) });
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
}

/** Publishes every public package of this repository, as it was built last. */
export async function publishPackages({ url, environment }: LocalRegistry): Promise<void> {
  const words = ["pnpm", ...filterWords(), "publish", "--no-git-checks", "--registry", url];
  await runCommand("publish", words, { folder: REPOSITORY, environment });
}
