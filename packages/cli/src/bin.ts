#!/usr/bin/env node
import { fileURLToPath } from "node:url";
import { main } from "./main.ts";

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // `| head -1` has seen enough: nothing went wrong, and nobody reads on.
  if (error.code === "EPIPE") process.exit(0);
  process.stderr.write(
    `vla-pruner: output-unwritable: expected a stdout that can be written, found ${error.message}; free some disk space\n`,
  );
  process.exit(1);
});
process.exitCode = await main(process.argv.slice(2), process, fileURLToPath(import.meta.url));
