import assert from "node:assert/strict";
import { countTokens } from "../../adapter/layout.ts";
import type { Observation } from "../../observation.ts";
import type {
  ActionChunk,
  ActResult,
  AheadRun,
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

/** What `encodeVision` and `prefillHead` give, or a run from pixels to tokens where there are no such stages. */
export async function runHead(
  adapter: VlaAdapter,
  observation: Observation,
  call: StepCall = CALL,
): Promise<HeadRun> {
  const prepared = await adapter.prepare(observation, call);
  if (adapter.layout.aheadOnly === true) {
    const whole = wholeRun(adapter);
    const tokens = countTokens(whole.viewsOf(prepared));
    const { seen } = await whole.run(prepared, everyNth(1)(tokens), call);
    const vision = { ...seen.vision, features: null };
    return { prepared, vision, head: { ...seen.head, state: null }, tokens };
  }
  const vision = await adapter.encodeVision(prepared, call);
  const head = await adapter.prefillHead(prepared, vision, call);
  const tokens = countTokens(vision.views);
  return { prepared, vision, head, tokens };
}

/** Acts on what a head gave, and frees it. */
export async function actOn(
  adapter: VlaAdapter,
  { prepared, vision, head }: HeadRun,
  keep: Int32Array,
  call: StepCall = CALL,
): Promise<ActResult> {
  if (adapter.layout.aheadOnly === true) return wholeRun(adapter).run(prepared, keep, call);
  try {
    return await adapter.act(prepared, head, keep, call);
  } finally {
    adapter.release?.({ vision, head });
  }
}

export async function runTail(adapter: VlaAdapter, run: HeadRun, keep: Int32Array): Promise<StageRun> {
  const acted = await actOn(adapter, run, keep);
  return { ...run, keep, acted, chunk: adapter.toAction(acted.raw) };
}

function wholeRun({ ahead }: VlaAdapter): AheadRun {
  assert.ok(ahead !== undefined, "layout.aheadOnly, and no ahead");
  return ahead;
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
