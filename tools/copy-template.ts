/** Copies the toy of the examples into the package of the command line, whose `new-plugin` writes it under other names. */
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { REPOSITORY } from "./publish/public-packages.ts";

const copy = join(REPOSITORY, "packages", "cli", "template", "src");
rmSync(copy, { recursive: true, force: true });
cpSync(join(REPOSITORY, "examples", "toy-vla"), copy, { recursive: true });
