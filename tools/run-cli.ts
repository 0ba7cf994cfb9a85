/**
 * `pnpm vla-pruner …`: runs the command line from its sources, without a build.
 * pnpm starts a script in the root folder and tells in INIT_CWD where the caller stands: relative paths start there.
 */
const caller = process.env["npm_lifecycle_event"] === "vla-pruner" ? process.env["INIT_CWD"] : undefined;
if (caller !== undefined) process.chdir(caller);
await import("../packages/cli/src/bin.ts");
