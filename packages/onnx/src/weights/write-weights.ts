import type { WriteGraphOptions } from "../convert/write-graph.ts";
import type { Initializer, PlannedWeight } from "../graph/graph-model.ts";
import type { FloatType } from "../graph/value-types.ts";
import type { MatrixQuantizer } from "../quantize/matrix-quantizer.ts";
import type { DataFiles } from "./data-files.ts";
import type { TensorSource } from "./tensor-source.ts";
import { writeWeight } from "./write-weight.ts";

type Options = Omit<WriteGraphOptions, "fileLimit"> & { readonly quantizer: MatrixQuantizer };

/** Writes weights in their order. Those that are quantised are still being worked on while the next are read. */
export async function writeWeights(
  weights: readonly PlannedWeight[],
  source: TensorSource,
  files: DataFiles,
  { onBytes, onQuantized, signal, quantizer }: Options,
): Promise<Initializer[]> {
  const initializers: Initializer[] = [];
  const under: Promise<void>[] = [];
  let failure: unknown;
  const scalesOf = new Map(
    weights.flatMap((weight) => (weight.plan.kind === "scales" ? [[weight.plan.of, weight] as const] : [])),
  );
  for (const { name, type, plan } of weights) {
    signal?.throwIfAborted();
    if (failure !== undefined) throw failure; // A full disk need not wait until all is read.
    if (plan.kind === "scales") continue; // Made along with their matrix.
    if (plan.kind !== "quantized") {
      const storage = await writeWeight(plan, type as FloatType, source, files);
      initializers.push({ name, type, dims: plan.dims, storage });
      onBytes?.(storage.length);
      continue;
    }
    const scales = scalesOf.get(name);
    if (scales === undefined) throw new TypeError(`matrix ${name} is quantised without scales`);
    const made = await quantizer.start({ plan, scales, source, files, ...(signal && { signal }) });
    initializers.push({ name, type, dims: plan.dims, storage: made.matrix });
    initializers.push({ name: scales.name, type: scales.type, dims: scales.plan.dims, storage: made.scales });
    const written = made.done.then((error) => {
      onQuantized?.(plan, error);
      onBytes?.(made.matrix.length + made.scales.length);
    });
    written.catch((cause: unknown) => void (failure ??= cause));
    under.push(written);
  }
  await Promise.all(under);
  return initializers;
}
