import type { Feeds } from "./stock-model.ts";

/** A tensor's own store, which transformers.js writes as well. */
interface Stored {
  cpuData?: unknown;
}

const { process } = globalThis as { process?: { versions?: { node?: string } } };
const IN_NODE = process?.versions?.node !== undefined;

/**
 * Tensors as ONNX Runtime takes them. In newer versions of Node it gives half precision out as a Float16Array, but takes
 * it as bits alone.
 */
export function takenByRuntime(feeds: Feeds): Feeds {
  if (!IN_NODE) return feeds;
  for (const tensor of Object.values(feeds)) {
    const stored = tensor as Stored;
    const data = stored.cpuData;
    if (tensor.type !== "float16" || !ArrayBuffer.isView(data) || data instanceof Uint16Array) continue;
    stored.cpuData = new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2);
  }
  return feeds;
}
