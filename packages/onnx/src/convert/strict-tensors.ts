import { VlaPrunerError } from "@vla-pruner/format";
import type { PlannedGraph } from "../graph/graph-model.ts";
import { storedTensors } from "../weights/scaled-rows.ts";
import { sizeOf } from "../weights/tensor-source.ts";
import type { TensorSource } from "../weights/tensor-source.ts";

/** Tensors that checkpoints have and that no graph reads. */
export interface UnneededTensors {
  readonly name: RegExp;
  /** Why the model acts the same without them. */
  readonly because: string;
  /** Where that holds only for a copy: the tensor that they must equal, if it is there. */
  readonly same?: string;
  /** Where that holds only for values that the graphs compute themselves: these, to one per cent. */
  readonly values?: (dims: readonly number[]) => Float32Array;
}

const BLOCK = 1 << 22;
const TOLERANCE = 0.01;
const SHOWN = 3;

/**
 * Sees that every tensor of a checkpoint is read by a graph or known to be unneeded.
 *
 * @throws `tensor-unexpected` where one is neither, `checkpoint-invalid` where a copy differs from its original
 */
export async function checkTensors(
  graphs: readonly PlannedGraph[],
  source: TensorSource,
  unneeded: readonly UnneededTensors[],
): Promise<void> {
  const read = tensorsRead(graphs);
  const unread = source.names.filter((name) => !read.has(name));
  const rules = unread.map((name) => [name, unneeded.find((rule) => rule.name.test(name))] as const);
  const unknown = rules.flatMap(([name, rule]) => (rule === undefined ? [name] : []));
  if (unknown.length > 0) throw unexpected(unknown);
  for (const [name, rule] of rules) {
    if (rule?.same !== undefined && rule.same !== name) await expectSame(source, name, rule.same);
    if (rule?.values !== undefined) await expectValues(source, name, rule.values);
  }
}

/** Names of all tensors that graphs are made of. */
export function tensorsRead(graphs: readonly PlannedGraph[]): ReadonlySet<string> {
  const plans = graphs.flatMap(({ weights }) => weights.map(({ plan }) => plan));
  return new Set(plans.flatMap((plan) => ("tensors" in plan ? plan.tensors.flatMap(storedTensors) : [])));
}

async function expectSame(source: TensorSource, name: string, original: string): Promise<void> {
  const [info, other] = [source.info(name), source.info(original)];
  if (info === undefined || other === undefined) return;
  const size = sizeOf(info.dims);
  let same = String(info.dims) === String(other.dims);
  for (let start = 0; same && start < size; start += BLOCK) {
    const count = Math.min(BLOCK, size - start);
    const [values, wanted] = [
      await source.read(name, start, count),
      await source.read(original, start, count),
    ];
    same = values.every((value, index) => value === wanted[index]);
  }
  if (!same) {
    throw new VlaPrunerError("checkpoint-invalid", {
      expected: `${name} to be a copy of ${original}: they are one in this architecture`,
      found: "two that differ",
      fix: "save the checkpoint again with the one that was trained",
    });
  }
}

async function expectValues(
  source: TensorSource,
  name: string,
  values: NonNullable<UnneededTensors["values"]>,
): Promise<void> {
  const dims = source.info(name)?.dims ?? [];
  const wanted = values(dims);
  const found = await source.read(name, 0, sizeOf(dims));
  const wrong = found.findIndex((value, index) => {
    const expected = wanted[index] ?? Number.NaN;
    return !(Math.abs(value - expected) <= TOLERANCE * Math.abs(expected));
  });
  if (wrong < 0 && found.length === wanted.length) return;
  throw new VlaPrunerError("checkpoint-invalid", {
    expected: `${name} as config.json has it: element ${Math.max(0, wrong)} ${wanted[Math.max(0, wrong)]}`,
    found: wrong < 0 ? `${found.length} elements in place of ${wanted.length}` : String(found[wrong]),
    fix: "correct config.json (rope_theta, rope_scaling): these weights were trained with other positions",
  });
}

function unexpected(names: readonly string[]): VlaPrunerError {
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : "";
  return new VlaPrunerError("tensor-unexpected", {
    expected: "every tensor of the checkpoint to be one that this architecture has",
    found: `${names.slice(0, SHOWN).join(", ")}${more}, which no graph reads`,
    fix: "check that config.json belongs to these weights and that --architecture is right; a model with more parts than this one would act otherwise without them",
  });
}
