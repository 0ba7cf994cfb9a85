import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { SiteOptions } from "./build-site.ts";
import { REPOSITORY, SITE } from "./places.ts";

const DEFAULTS = { policies: ["tiny-openvla-oft"], dtype: "q8" };

/** Reads `[--policy NAME]… [--dtype q8|fp16|fp32] [--vlm DIR]… [--out DIR] [--port N]`. @throws an `Error` that says what is wrong */
export function siteOptions(words: readonly string[]): SiteOptions & { readonly port: number } {
  const { values } = parseArgs({
    args: [...words],
    options: {
      policy: { type: "string", multiple: true },
      vlm: { type: "string", multiple: true, default: [] },
      dtype: { type: "string", default: DEFAULTS.dtype },
      out: { type: "string", default: SITE },
      port: { type: "string", default: "8080" },
    },
  });
  const policies = values.policy ?? DEFAULTS.policies;
  const unknown = policies.find((name) => !existsSync(join(REPOSITORY, "checkpoints", name, "config.json")));
  if (unknown !== undefined) throw new Error(`--policy: a folder of checkpoints, not ${unknown}`);
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new Error(`--port: 0 to 65535, not ${values.port}`);
  return {
    policies,
    dtype: values.dtype,
    vlms: values.vlm.map((folder) => resolve(folder)),
    out: resolve(values.out),
    port,
  };
}
