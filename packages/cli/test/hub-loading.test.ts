import assert from "node:assert/strict";
import { createReadStream, existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { env } from "@huggingface/transformers";
import { VlaModel, VlaPrunerError } from "@vla-pruner/core";
import { convertCheckpoint, SyntheticSource } from "@vla-pruner/onnx/convert";
import { openvlaRecipe } from "@vla-pruner/plugin-openvla/convert";

/** A stand-in for the Hub: serves one model directory as `robot/tiny` and writes down what was asked for. */
function serve(folder: string, asked: string[], hidden: Set<string>): Promise<Server> {
  const server = createServer((request, response) => {
    const file = decodeURIComponent(request.url ?? "").replace("/robot/tiny/resolve/main/", "");
    const path = join(folder, file);
    if (request.headers.range === undefined) asked.push(file);
    if (hidden.has(file) || !existsSync(path)) {
      response.writeHead(404).end();
      return;
    }
    const { size } = statSync(path);
    const probe = request.headers.range !== undefined;
    response.writeHead(
      probe ? 206 : 200,
      probe ? { "content-range": `bytes 0-0/${size}` } : { "content-length": size },
    );
    createReadStream(path, probe ? { start: 0, end: 0 } : {}).pipe(response);
  });
  return new Promise((ready) => server.listen(0, "127.0.0.1", () => ready(server)));
}

describe("VlaModel.from_pretrained with a Hub id", () => {
  const folder = mkdtempSync(join(tmpdir(), "vla-pruner-hub-"));
  const asked: string[] = [];
  const hidden = new Set<string>();
  const remoteHost = env.remoteHost;
  let server: Server;

  before(async () => {
    const config = openvlaRecipe.presets["openvla-tiny"] ?? {};
    const checkpoint = new SyntheticSource(openvlaRecipe.tensors(config));
    const out = join(folder, "model");
    await convertCheckpoint({
      recipe: openvlaRecipe,
      config,
      files: {},
      checkpoint,
      companions: null,
      out,
      dtype: "fp32",
      options: {},
    });
    server = await serve(out, asked, hidden);
    env.remoteHost = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });

  after(() => {
    env.remoteHost = remoteHost;
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("downloads, reports progress, and takes the second load from the cache", async () => {
    const options = { cache_dir: join(folder, "cache") };
    const done: string[] = [];
    const first = await VlaModel.from_pretrained("robot/tiny", {
      ...options,
      progress_callback: (event) => {
        if (event.status === "done") done.push(event.file);
      },
    });
    assert.deepEqual(Object.keys(first.sessions), ["vision_encoder", "prefill_head", "act"]);
    assert.ok(done.includes("onnx/act.onnx_data"), `files reported as done: ${done.join(", ")}`);
    assert.ok(asked.includes("onnx/act.onnx_data"));
    await first.dispose();

    asked.length = 0;
    const second = await VlaModel.from_pretrained("robot/tiny", options);
    await second.dispose();
    assert.deepEqual(asked, []);
  });

  it("names a data file that the repository lacks, and does not hang", async () => {
    hidden.add("onnx/act.onnx_data");
    await assert.rejects(
      VlaModel.from_pretrained("robot/tiny", { cache_dir: join(folder, "other-cache"), revision: "main" }),
      (error) => VlaPrunerError.is(error, "model-missing") && error.message.includes("onnx/act.onnx_data"),
    );
  });
});
