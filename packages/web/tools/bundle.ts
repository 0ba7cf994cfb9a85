import { build } from "esbuild";
import type { Metafile } from "esbuild";

interface Bundle {
  /** Entry point. */
  readonly entry: string;
  readonly outdir: string;
  /** Constants that the code declares, as JSON. */
  readonly constants?: Readonly<Record<string, unknown>>;
  /** Whether the file's name changes with its content. */
  readonly hashed: boolean;
}

/** Bundles one entry point for browsers; the path of what it made. */
export async function bundle({ entry, outdir, constants = {}, hashed }: Bundle): Promise<string> {
  const { metafile } = await build({
    entryPoints: [entry],
    outdir,
    entryNames: hashed ? "[name]-[hash]" : "[name]",
    bundle: true,
    minify: true,
    metafile: true,
    format: "esm",
    platform: "browser",
    target: "es2023",
    charset: "utf8",
    conditions: ["@vla-pruner/source"],
    external: ["module"], // MuJoCo's loader names it for Node.
    define: Object.fromEntries(
      Object.entries(constants).map(([name, value]) => [name, JSON.stringify(value)]),
    ),
    logLevel: "warning",
  });
  return outputOf(metafile);
}

function outputOf({ outputs }: Metafile): string {
  const path = Object.entries(outputs).find(([, { entryPoint }]) => entryPoint !== undefined)?.[0];
  if (path === undefined) throw new Error("esbuild wrote nothing");
  return path;
}
