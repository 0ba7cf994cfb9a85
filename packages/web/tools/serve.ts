/** `npx pnpm@12 web [--port N] [--policy NAME]… [--dtype q8|fp16|fp32] [--vlm DIR]…`: builds the page and serves it on this machine. */
import { buildSite } from "./build-site.ts";
import { siteOptions } from "./site-options.ts";
import { serveFolders } from "./static-server.ts";

try {
  const options = siteOptions(process.argv.slice(2));
  await buildSite(options);
  const { url } = await serveFolders({ folders: { "/": options.out }, port: options.port });
  console.log(`${url} (stop with Ctrl+C)`);
} catch (error) {
  console.error(`web: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
