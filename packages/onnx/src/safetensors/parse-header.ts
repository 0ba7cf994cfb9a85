import { VlaPrunerError } from "@vla-pruner/format";

/** A tensor's place in a safetensors file; byte offsets from the beginning of the file. */
export interface StoredTensor {
  readonly dtype: string;
  readonly dims: readonly number[];
  readonly begin: number;
  readonly end: number;
}

const WIDTH: Readonly<Record<string, number>> = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
};

/**
 * The tensors of a safetensors header.
 *
 * @param dataStart where the data begins in the file
 * @throws `checkpoint-invalid` when the header is not JSON or an entry does not add up
 */
export function parseHeader(text: string, dataStart: number, path: string): Map<string, StoredTensor> {
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch (cause) {
    throw invalid(path, "a header that is not JSON", cause);
  }
  if (typeof header !== "object" || header === null || Array.isArray(header))
    throw invalid(path, "a header that is not an object");
  const entries = Object.entries(header).filter(([name]) => name !== "__metadata__");
  return new Map(entries.map(([name, entry]) => [name, storedTensor(name, entry, dataStart, path)]));
}

/**
 * Ranges lie one after the other, without a gap and without sharing bytes: else a tensor would read another's.
 *
 * @throws `checkpoint-invalid`
 */
export function checkRanges(
  tensors: ReadonlyMap<string, StoredTensor>,
  dataStart: number,
  path: string,
): void {
  let end = dataStart;
  for (const [name, tensor] of [...tensors].toSorted(([, a], [, b]) => a.begin - b.begin || a.end - b.end)) {
    if (tensor.begin !== end)
      throw invalid(
        path,
        `a range for ${name} that ${tensor.begin < end ? "overlaps" : "leaves a gap after"} the one before it`,
      );
    end = tensor.end;
  }
}

function storedTensor(name: string, entry: unknown, dataStart: number, path: string): StoredTensor {
  const {
    dtype,
    shape,
    data_offsets: offsets,
  } = (entry ?? {}) as { dtype?: unknown; shape?: unknown; data_offsets?: unknown };
  const width = typeof dtype === "string" ? WIDTH[dtype] : undefined;
  if (typeof dtype !== "string" || !isCounts(shape) || !isCounts(offsets) || offsets.length !== 2) {
    throw invalid(path, `an entry for ${name} without dtype, shape or data_offsets`);
  }
  const [begin = 0, end = 0] = offsets;
  if (end < begin) throw invalid(path, `a range for ${name} that ends before it begins`);
  const bytes = shape.reduce((size, dim) => size * dim, 1) * (width ?? 0);
  if (width !== undefined && end - begin !== bytes) {
    throw invalid(
      path,
      `${end - begin} bytes for ${name}, whose shape ${JSON.stringify(shape)} in ${dtype} needs ${bytes}`,
    );
  }
  return { dtype, dims: shape, begin: dataStart + begin, end: dataStart + end };
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((count) => Number.isSafeInteger(count) && count >= 0);
}

function invalid(path: string, found: string, cause?: unknown): VlaPrunerError {
  return new VlaPrunerError("checkpoint-invalid", {
    expected: `a well-formed safetensors header in ${path}`,
    found,
    fix: "check the file, or download it again",
    cause,
  });
}
