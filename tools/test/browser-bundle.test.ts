import assert from "node:assert/strict";
import { join } from "node:path";
import { build } from "esbuild";

const repository = join(import.meta.dirname, "..", "..");

/** What ends up in a page that loads core and a plugin: paths of the modules, and what they import. */
async function bundle(program: string): Promise<{ modules: string[]; code: string }> {
  const { metafile, outputFiles } = await build({
    stdin: { contents: program, resolveDir: join(repository, "examples"), loader: "ts" },
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "browser",
    conditions: ["@vla-pruner/source"],
    external: ["module"], // MuJoCo's loader names it for Node.
    logLevel: "silent",
  });
  return { modules: Object.keys(metafile.inputs), code: outputFiles[0]?.text ?? "" };
}

describe("bundling for a browser", () => {
  for (const [plugin, name] of [
    ["openvla", "plugin-openvla"],
    ["openvlaOft", "plugin-openvla-oft"],
    ["pi0", "plugin-pi0"],
  ] as const) {
    it(`core and ${name} meet neither node:* nor the native binding`, async () => {
      const { modules, code } = await bundle(
        `import { openSession, vlaPipeline } from "@vla-pruner/core";
         import { ${plugin} } from "@vla-pruner/${name}";
         export const load = (model: string) => vlaPipeline(model, { plugins: [${plugin}()], retention: 0.25 });
         export { openSession };`,
      );
      assert.deepEqual(
        modules.filter((path) => /onnxruntime-node|transformers\.node|\/recipe\//u.test(path)),
        [],
      );
      assert.doesNotMatch(code, /(from|import|require\()\s*["']node:/u);
      assert.match(code, /a browser, and/u, "openSession says that it is at home in Node");
    });
  }

  it("an episode in the simulator meets nothing of Node's either", async () => {
    const { modules, code } = await bundle(
      `import { runEpisode } from "@vla-pruner/eval/closed-loop";
       import { createSimulator } from "@vla-pruner/sim";
       export const play = async (policy, options) => runEpisode(policy, await createSimulator(), options);`,
    );
    assert.deepEqual(
      modules.filter((path) => /onnxruntime-node|transformers\.node|pngjs/u.test(path)),
      [],
    );
    assert.doesNotMatch(code, /(from|import|require\()\s*["']node:/u);
  });

  it("notices what is not for a browser", async () => {
    await assert.rejects(bundle('import "@vla-pruner/eval";'), /Could not resolve/u);
  });
});
