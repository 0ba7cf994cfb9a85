import { float16Value, VlaPrunerError } from "@vla-pruner/format";
import type { GraphTensor } from "../graph-session.ts";
import { DeviceTensor } from "./device-tensors.ts";
import type { ReadBack } from "./read-back.ts";

type Outputs = Readonly<Record<string, GraphTensor>>;

/** Of the largest magnitude: what two orders of summation may differ by in float16. Whole numbers are the same or not. */
const TOLERANCE: Readonly<Record<string, number>> = { float32: 0.01, float16: 0.01 };

/**
 * Compares what a CUDA graph gives with what its kernels give: a kernel that reads what the host wrote for it once reads
 * something else when the graph runs again. Disposes of the kernels'.
 *
 * @throws `session-failed`
 */
export async function assertSame(graph: Outputs, kernels: Outputs, readBack: ReadBack): Promise<void> {
  for (const [name, expected] of Object.entries(kernels)) {
    const here = await numbersOf(graph[name], readBack);
    const there = await numbersOf(expected, readBack);
    expected.dispose();
    if (sameBytes(here, there)) continue;
    const half = expected.type === "float16";
    const read = (value: number | bigint): number => (half ? float16Value(Number(value)) : Number(value));
    if (here.length === there.length && differ(here, there, read) <= (TOLERANCE[expected.type] ?? 0))
      continue;
    throw new VlaPrunerError("session-failed", {
      expected: `output ${name} of a CUDA graph to be what its kernels give`,
      found: "another",
      fix: "take device cuda, and tell who made the graph",
    });
  }
}

type Numbers = ArrayLike<number | bigint> & ArrayBufferView;

async function numbersOf(tensor: GraphTensor | undefined, readBack: ReadBack): Promise<Numbers> {
  const [host] = tensor instanceof DeviceTensor ? await readBack.read([tensor]) : [tensor];
  return (host?.data ?? new Uint8Array()) as Numbers;
}

function sameBytes(here: Numbers, there: Numbers): boolean {
  const bytes = ({ buffer, byteOffset, byteLength }: Numbers): Buffer =>
    Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
  return here.length === there.length && bytes(here).equals(bytes(there));
}

/** The largest difference as a share of the largest magnitude; infinite where one is no number and the other is. */
function differ(here: Numbers, there: Numbers, read: (value: number | bigint) => number): number {
  let most = 0;
  let largest = 0;
  for (let index = 0; index < here.length; index += 1) {
    const [value, other] = [read(here[index] ?? 0), read(there[index] ?? 0)];
    if (value === other || Object.is(value, other)) continue;
    most = Math.max(most, Number.isFinite(value - other) ? Math.abs(value - other) : Infinity);
    largest = Math.max(largest, Math.abs(value), Math.abs(other));
  }
  return most === 0 ? 0 : most / largest;
}
