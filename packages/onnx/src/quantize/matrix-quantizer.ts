import { VlaPrunerError } from "@vla-pruner/format";
import { BYTES } from "../graph/element-types.ts";
import type { PlannedWeight } from "../graph/graph-model.ts";
import type { FloatType } from "../graph/value-types.ts";
import type { DataFiles, DataRegion } from "../weights/data-files.ts";
import { sizeOf } from "../weights/tensor-source.ts";
import type { TensorSource } from "../weights/tensor-source.ts";
import type { QuantizedPlan } from "../weights/weight-plan.ts";
import { packFloats, regionFor } from "../weights/write-weight.ts";
import { PieceWorkers } from "./piece-workers.ts";
import { addError, noError } from "./quantization-error.ts";
import type { QuantizationError } from "./quantization-error.ts";

/** Elements of a piece: 4 MiB of float32. */
const PIECE = 1024 * 1024;

/** A matrix whose pieces are all on their way. */
export interface StartedMatrix {
  readonly matrix: DataRegion;
  readonly scales: DataRegion;
  /** When all is written. */
  readonly done: Promise<QuantizationError>;
}

/** What a matrix is written to and read from. */
export interface MatrixRequest {
  readonly plan: QuantizedPlan;
  readonly scales: PlannedWeight;
  readonly source: TensorSource;
  readonly files: DataFiles;
  readonly signal?: AbortSignal;
}

/** Quantises matrices on several threads: while pieces of one are worked on, the next is read. */
export class MatrixQuantizer {
  readonly #workers: PieceWorkers;
  readonly #piece: number;
  readonly #buffers: [SharedArrayBuffer, SharedArrayBuffer] = [
    new SharedArrayBuffer(0),
    new SharedArrayBuffer(0),
  ];
  #before: Promise<unknown> = Promise.resolve();
  #last: Promise<unknown> = Promise.resolve();

  /**
   * @param threads 0: the calling one
   * @param piece elements read at a time; a row of a matrix is never divided
   */
  constructor(threads: number, piece: number = PIECE) {
    this.#workers = new PieceWorkers(threads);
    this.#piece = piece;
  }

  /**
   * Reads a matrix and hands its pieces out. One call at a time.
   *
   * @throws what reading throws; `done` rejects with what quantising and writing throw
   */
  async start(request: MatrixRequest): Promise<StartedMatrix> {
    const { plan, scales, source, files, signal } = request;
    const target = plan.format.kind === "int8" ? await this.#columns(plan) : undefined;
    const matrix = await regionFor(files, plan.dims, target === undefined ? "uint8" : "int8");
    const scaleRegion = await regionFor(files, scales.plan.dims, scales.type);
    const error = noError();
    const pieces: Promise<void>[] = [];
    for await (const { tensor, column, values } of this.#read(plan, source, signal)) {
      const into = target && { matrix: target, total: rowsOf(plan), column };
      const { format, width } = plan;
      const half = scales.type === "float16";
      const made = this.#workers
        .run({ format, values, width, half, ...(into && { into }) })
        .then(async (piece) => {
          if (!Number.isFinite(piece.error.power)) throw notFinite(tensor);
          addError(error, piece.error);
          if (piece.packed.length > 0) await files.write(matrix, column * bytesARow(plan), piece.packed);
          const packed = packFloats(piece.scales, scales.type as FloatType);
          const scalesARow = sizeOf(scales.plan.dims) / rowsOf(plan);
          await files.write(scaleRegion, column * scalesARow * BYTES[scales.type], packed);
        });
      made.catch(() => undefined); // Told by `done`; until somebody waits for that, it is no unhandled rejection.
      pieces.push(made);
    }
    const done = Promise.all(pieces).then(async () => {
      if (target !== undefined) await files.write(matrix, 0, new Uint8Array(target.buffer, 0, target.length));
      return error;
    });
    done.catch(() => undefined);
    [this.#before, this.#last] = [this.#last, done];
    return { matrix, scales: scaleRegion, done };
  }

  async close(): Promise<void> {
    await this.#workers.close();
  }

  /** A matrix piece by piece, each when there is room for it; `column` counts rows of all its tensors together. */
  async *#read(
    { tensors, width }: QuantizedPlan,
    source: TensorSource,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<{ tensor: string; column: number; values: Float32Array<ArrayBuffer> }> {
    const atOnce = Math.max(1, Math.floor(this.#piece / width));
    let first = 0;
    for (const tensor of tensors) {
      const height = sizeOf(source.info(tensor)?.dims ?? []) / width;
      for (let row = 0; row < height; row += atOnce) {
        signal?.throwIfAborted();
        await this.#workers.room();
        const rows = Math.min(atOnce, height - row);
        const values = owned(await source.read(tensor, row * width, rows * width));
        yield { tensor, column: first + row, values };
      }
      first += height;
    }
  }

  /** Room for a whole matrix that threads fill column by column. There are two in turn, so that memory stays bounded. */
  async #columns(plan: QuantizedPlan): Promise<Int8Array> {
    await this.#before.catch(() => undefined);
    const size = sizeOf(plan.dims);
    const [other, free] = this.#buffers;
    const buffer = free.byteLength >= size ? free : new SharedArrayBuffer(size);
    this.#buffers.splice(0, 2, buffer, other);
    return new Int8Array(buffer, 0, size);
  }
}

function rowsOf({ format, dims }: QuantizedPlan): number {
  return (format.kind === "int8" ? dims[1] : dims[0]) ?? 0;
}

/** Of int4. */
function bytesARow({ dims: [, blocks = 0, bytes = 0] }: QuantizedPlan): number {
  return blocks * bytes;
}

/** Values in a buffer of their own, which can be given away. */
function owned(values: Float32Array): Float32Array<ArrayBuffer> {
  const { buffer } = values;
  return buffer instanceof ArrayBuffer && buffer.byteLength === values.byteLength
    ? (values as Float32Array<ArrayBuffer>)
    : Float32Array.from(values);
}

function notFinite(tensor: string): VlaPrunerError {
  return new VlaPrunerError("checkpoint-invalid", {
    expected: `finite numbers in tensor ${tensor}`,
    found: "NaN or an infinity",
    fix: "check the checkpoint; what is not a number cannot be quantised",
  });
}
