import type { TensorInfo, TensorSource } from "@vla-pruner/onnx/convert";

/** A checkpoint without some tensors, or with other shapes: what a bad download or a wrong config looks like. */
export function editedSource(
  source: TensorSource,
  edits: Readonly<Record<string, readonly number[] | null>>,
): TensorSource {
  const info = (name: string): TensorInfo | undefined => {
    const dims = Object.hasOwn(edits, name) ? edits[name] : source.info(name)?.dims;
    return dims ? { dtype: "F32", dims } : undefined;
  };
  return {
    names: [...new Set([...source.names, ...Object.keys(edits)])].filter((name) => info(name) !== undefined),
    info,
    read: (name, start, count) => source.read(name, start, count),
    close: () => source.close(),
  };
}
