/**
 * `npx pnpm@12 web:build [--policy NAME]… [--dtype q8|fp16|fp32] [--vlm DIR]… [--out DIR]`: writes the page as static files, ready for
 * any host of files, below any path.
 */
import { buildSite, siteBytes } from "./build-site.ts";
import { siteOptions } from "./site-options.ts";

try {
  const options = siteOptions(process.argv.slice(2));
  const { policies } = await buildSite(options);
  const megabytes = ((await siteBytes(options.out)) / 1e6).toFixed(1);
  const words = policies
    .map(({ name, dtype, bytes }) => `${name} ${dtype}, ${(bytes / 1e6).toFixed(1)} MB`)
    .join("; ");
  console.log(`${options.out}: ${megabytes} MB (${words})`);
} catch (error) {
  console.error(`web:build: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
