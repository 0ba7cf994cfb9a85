import type { SessionEntry, VlaBlock } from "./vla-block.ts";

/**
 * File name suffix of each dtype, spelt as transformers.js spells them. Two joined are of a session that decodes inside one run: passes
 * over many rows in the first, a token alone in the second.
 */
export const DTYPE_SUFFIXES: Readonly<Record<string, string>> = {
  fp32: "",
  fp16: "_fp16",
  q8: "_quantized",
  q4: "_q4",
  q4f16: "_q4f16",
  fp32_q4: "_fp32_q4",
  fp16_q4f16: "_fp16_q4f16",
};

/** The dtype of a graph file whose name ends so; `undefined` for an ending of none. */
export function dtypeWithSuffix(suffix: string): string | undefined {
  return Object.keys(DTYPE_SUFFIXES).find((dtype) => DTYPE_SUFFIXES[dtype] === suffix);
}

export function isDtype(value: unknown): boolean {
  return typeof value === "string" && Object.hasOwn(DTYPE_SUFFIXES, value);
}

/** The dtype of a session: its own, or the model's. */
export function dtypeOf({ dtype }: Pick<VlaBlock, "dtype">, entry: Pick<SessionEntry, "dtype">): string {
  return entry.dtype ?? dtype;
}

/** A session's file and dtype as transformers.js must hear them to open `graphFileName`: it knows no two dtypes that are joined. */
export function heardByTransformers(
  session: string,
  dtype: string,
): { readonly file: string; readonly dtype: string } {
  const [many = "", one] = dtype.split("_");
  return one === undefined ? { file: session, dtype } : { file: `${session}_${many}`, dtype: one };
}

/** Name of a graph file within `onnx/`: `act_fp16.onnx`. */
export function graphFileName(session: string, dtype: string): string {
  return `${session}${DTYPE_SUFFIXES[dtype] ?? `_${dtype}`}.onnx`;
}

/** Name of a graph's data file, from 0: `act.onnx_data`, `act.onnx_data_1`. */
export function dataFileName(graph: string, index: number): string {
  return `${graph}_data${index === 0 ? "" : `_${index}`}`;
}

/** A session's graph below the model directory: `onnx/act_fp16.onnx`. */
export function graphFile(vla: Pick<VlaBlock, "dtype">, entry: Pick<SessionEntry, "file" | "dtype">): string {
  return `onnx/${graphFileName(entry.file, dtypeOf(vla, entry))}`;
}

/** Every file of a session below the model directory, with the bytes that it must have. */
export function sessionFiles(
  vla: Pick<VlaBlock, "dtype">,
  entry: SessionEntry,
): { readonly file: string; readonly bytes: number }[] {
  const graph = graphFile(vla, entry);
  return [
    { file: graph, bytes: entry.bytes.graph },
    ...entry.bytes.data.map((bytes, index) => ({ file: dataFileName(graph, index), bytes })),
  ];
}
