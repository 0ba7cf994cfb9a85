import { VlaPrunerError } from "@vla-pruner/format";
import type * as inNode from "./open-session.ts";

const openInNode = (what: string) =>
  Promise.reject(
    new VlaPrunerError("usage", {
      expected: "Node, where a graph is opened by its path",
      found: `a browser, and ${what}`,
      fix: "load a model directory with VlaModel.from_pretrained",
    }),
  );

/** Stands in for Node's where there are no files. */
export const openSession: typeof inNode.openSession = openInNode;

/** Stands in for Node's. */
export const probeDevice: typeof inNode.probeDevice = openInNode;

/** Stands in for Node's. */
export const nativeRuntime: typeof inNode.nativeRuntime = () => ({ version: "of the browser's", folder: "" });

export const requireDevice: typeof inNode.requireDevice = (device) => {
  const { navigator } = globalThis as { readonly navigator?: object };
  const known = device === "wasm" || device === "webgpu";
  if (known && (device === "wasm" || "gpu" in (navigator ?? {}))) return;
  throw new VlaPrunerError("device-unavailable", {
    expected: "wasm, or webgpu where the browser has it",
    found: device,
    fix: known ? "enable WebGPU, or take another browser" : "leave device out",
  });
};

/** What a browser says of its GPU is in the error itself. */
export const throwIfDown: typeof inNode.throwIfDown = async () => undefined;
