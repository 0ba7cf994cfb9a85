import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { findModule } from "../../modules/find-module.ts";

/** Where a script of this package is that a worker runs: from the sources as from what is built. */
export function entryScript(name: "thread-entry" | "process-entry"): URL {
  return new URL(`../host/${name}${extname(fileURLToPath(import.meta.url))}`, import.meta.url);
}

/**
 * The script for a thread. Threads do not inherit the hooks of tsx (a process does), so that a program which runs from
 * TypeScript registers them anew; else neither these sources nor a plugin in TypeScript could be loaded.
 */
export function threadScript(): URL {
  const entry = entryScript("thread-entry");
  const hooks = runsUnderTsx() ? findModule("tsx/esm/api") : null;
  if (hooks === null) return entry;
  const program = `import { register } from ${JSON.stringify(hooks.href)}; register(); await import(${JSON.stringify(entry.href)});`;
  return new URL(`data:text/javascript,${encodeURIComponent(program)}`);
}

function runsUnderTsx(): boolean {
  return [...process.execArgv, process.env["NODE_OPTIONS"] ?? ""].some((word) => /\btsx\b/u.test(word));
}
