import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { env } from "@huggingface/transformers";
import { fileFacts } from "../../src/transformers/local-models-browser.ts";

const SIZE = 50_000_000;

/** A static host below `env.localModelPath`, for one look at a file. */
async function look(file: string, ranges: boolean): Promise<{ facts: unknown; sent: number }> {
  let sent = 0;
  const server = createServer((request, response) => {
    const asked = ranges ? request.headers.range : undefined;
    if (request.url?.endsWith("large.onnx_data") !== true) response.writeHead(404).end();
    else if (asked === "bytes=0-0") {
      sent += 1;
      response.writeHead(206, { "content-range": `bytes 0-0/${SIZE}`, "content-length": 1 }).end("x");
    } else {
      response.writeHead(200, { "content-length": SIZE });
      const chunk = Buffer.alloc(100_000);
      const more = setInterval(() => {
        sent += chunk.length;
        response.write(chunk);
      }, 1);
      response.once("close", () => clearInterval(more));
    }
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { allowLocalModels, localModelPath } = env;
  env.allowLocalModels = true;
  env.localModelPath = `http://127.0.0.1:${(server.address() as AddressInfo).port}/models/`;
  try {
    const facts = await fileFacts("name", file, { local_files_only: true });
    await new Promise((resolve) => server.close(resolve));
    return { facts, sent };
  } finally {
    Object.assign(env, { allowLocalModels, localModelPath });
    server.closeAllConnections();
  }
}

describe("fileFacts in a browser, below env.localModelPath", () => {
  it("asks for one byte, and reads the size off the range", async () => {
    const { facts, sent } = await look("onnx/large.onnx_data", true);
    assert.deepEqual({ facts, sent }, { facts: { exists: true, size: SIZE }, sent: 1 });
  });

  it("leaves a host that sends the whole file, and holds no connection open", async () => {
    const { facts, sent } = await look("onnx/large.onnx_data", false);
    assert.deepEqual(facts, { exists: true, size: SIZE });
    assert.ok(sent < SIZE / 2, `${sent} bytes were sent`);
  });

  it("tells a file that is not there", async () => {
    assert.deepEqual((await look("onnx/none.onnx", true)).facts, { exists: false });
  });
});
