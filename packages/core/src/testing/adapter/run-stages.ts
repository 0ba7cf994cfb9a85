import { countTokens } from "../../adapter/layout.ts";
import type { Observation } from "../../observation.ts";
import type {
  ActionChunk,
  ActResult,
  HeadResult,
  StepCall,
  VisionTokens,
  VlaAdapter,
} from "../../vla-adapter.ts";

/** The stages up to the choice of tokens. */
export interface HeadRun {
  readonly prepared: unknown;
  readonly vision: VisionTokens;
  readonly head: HeadResult;
  /** Visual tokens in all. */
  readonly tokens: number;
}

export interface StageRun extends HeadRun {
  readonly keep: Int32Array;
  readonly acted: ActResult;
  readonly chunk: ActionChunk;
}

const CALL = { episode: "contract" };

export async function runHead(
  adapter: VlaAdapter,
  observation: Observation,
  call: StepCall = CALL,
): Promise<HeadRun> {
  const prepared = await adapter.prepare(observation, call);
  const vision = await adapter.encodeVision(prepared, call);
  const head = await adapter.prefillHead(prepared, vision, call);
  const tokens = countTokens(vision.views);
  return { prepared, vision, head, tokens };
}

export async function runTail(adapter: VlaAdapter, run: HeadRun, keep: Int32Array): Promise<StageRun> {
  const acted = await adapter.act(run.prepared, run.head, keep, CALL);
  const chunk = adapter.toAction(acted.raw);
  adapter.release?.({ vision: run.vision, head: run.head });
  return { ...run, keep, acted, chunk };
}

/** All stages, keeping the tokens that `choose` picks of the given number. */
export async function runStages(
  adapter: VlaAdapter,
  observation: Observation,
  choose: (tokens: number) => Int32Array = everyNth(1),
): Promise<StageRun> {
  const run = await runHead(adapter, observation);
  return runTail(adapter, run, choose(run.tokens));
}

/** Every n-th visual token, from `first` on. */
export function everyNth(step: number, first = 0): (tokens: number) => Int32Array {
  return (tokens) =>
    Int32Array.from({ length: Math.ceil((tokens - first) / step) }, (_, index) => first + index * step);
}
