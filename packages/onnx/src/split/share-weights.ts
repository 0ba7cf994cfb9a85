import { externalTensor, isExternal } from "../proto/edit-model.ts";
import type { TensorProto } from "../proto/edit-model.ts";

/** Below this many bytes a constant is copied: ONNX Runtime wants those of shapes at hand. */
const INLINE_LIMIT = 1024;

/** Where a part's weights lie, and how much of them. */
export class SharedWeights {
  /** Bytes that lie in files as they were, and bytes that are copied into the part. */
  referred: number = 0;
  inlined: number = 0;
  /** Files that are referred to. */
  readonly files: Set<string> = new Set();
  readonly #bytes: Uint8Array;
  readonly #fileName: string;

  constructor(bytes: Uint8Array, fileName: string) {
    this.#bytes = bytes;
    this.#fileName = fileName;
  }

  /** The tensor, its bytes where they lie: in a data file, or within the stock graph file itself. */
  refer(tensor: TensorProto): TensorProto {
    if (isExternal(tensor)) {
      const entry = (key: string): string =>
        tensor.externalData.find((pair) => pair.key === key)?.value ?? "";
      this.files.add(entry("location"));
      this.referred += Number(entry("length"));
      return tensor;
    }
    const { rawData } = tensor;
    if (rawData.length < INLINE_LIMIT) {
      this.inlined += rawData.length;
      return tensor;
    }
    this.files.add(this.#fileName);
    this.referred += rawData.length;
    return externalTensor(
      tensor,
      this.#fileName,
      rawData.byteOffset - this.#bytes.byteOffset,
      rawData.length,
    );
  }
}
