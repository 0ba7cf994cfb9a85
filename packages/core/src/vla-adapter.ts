import type { SemanticRows } from "@vla-pruner/format";
import type { InputFact } from "./adapter/input-facts.ts";
import type { DecoderCost } from "./cost-model.ts";
import type { Observation } from "./observation.ts";

/** Visual tokens of one camera: columns `start … start + count − 1` of every `[vision]` vector. */
export interface ViewSpan {
  readonly name: string;
  readonly start: number;
  readonly count: number;
}

/** The structural facts of a model. Core reads these and never asks which architecture it serves. */
export interface ModelLayout {
  /** Decoder layers `0 … pruneLayer − 1` see all tokens, the rest the kept ones. */
  readonly pruneLayer: number;
  readonly layers: number;
  /** Layers whose action attention the model can report, ascending. */
  readonly tappedLayers: readonly number[];
  /** Layers whose action attention is averaged unless the user says otherwise. */
  readonly actionLayers: readonly number[];
  /** Views of a full observation, in the order of the visual tokens. */
  readonly views: readonly ViewSpan[];
  /** Semantic rows used when a pruner does not name any. */
  readonly semanticRows: SemanticRows;
  /** Whether the head reports this call's own action attention: only where action rows exist below the cut. */
  readonly currentAction?: boolean;
  /** Runs of a model that `act` makes, where they are other than the cost model counts: between them it looks at the signal. */
  readonly actRuns?: number;
  /**
   * Action tokens of a call, where they are decoded one after the other and `act` can verify a draft of them in one
   * pass, with the same result.
   */
  readonly draftTokens?: number;
  /** Whether `act` guesses anew what was wrong in a draft: such drafts pay however wrong they are, and never rest. */
  readonly redrafts?: boolean;
  /** Whether the model acts. One that only answers has no action attention to forecast from. Default true. */
  readonly acts?: boolean;
  /** Whether it runs on tokens that were chosen before the call and no other way: for policies that select ahead. */
  readonly aheadOnly?: boolean;
  readonly cost: DecoderCost;
  /** Other names of cameras → the view that each means. */
  readonly cameraAliases?: Readonly<Record<string, string>>;
  /** Whether the model reads a state, and noise: a part that it does not read is refused. Nothing is where absent. */
  readonly reads?: { readonly state: boolean; readonly noise: boolean };
}

/** Which step of which episode a stage belongs to, and whether it is still wanted. */
export interface StepCall {
  /** The episode's id. */
  readonly episode: string;
  /** Aborted when the step is cancelled: adapters look at it between the runs of a loop. */
  readonly signal?: AbortSignal | undefined;
  /** Action tokens that this call may choose, to be verified in one pass, in `act`, where `layout.draftTokens` says so; a head may begin with it. */
  readonly draft?: readonly number[];
  /** Calls completed before this one in the episode. */
  readonly step?: number;
  /** Reports what is unusual and does not stop the step. */
  readonly warn?: Warn;
}

/** Reports a warning; one of a code is reported once an episode. */
export type Warn = (code: string, message: string) => void;

/** Visual tokens at the LLM's input. */
export interface VisionTokens<Features = unknown> {
  /** The adapter's own tensor `[1, vision, hidden]`; opaque to core. */
  readonly features: Features;
  /** Cosine similarity of the visual tokens, float32 `[vision, vision]`. */
  readonly similarity: Float32Array;
  /** Views that are present in this observation; an absent camera costs neither tokens nor budget. */
  readonly views: readonly ViewSpan[];
}

/** Semantic attention of one prefill, each score float32 `[vision]`, mean over heads. */
export interface SemanticAttention {
  readonly scores: Readonly<Partial<Record<SemanticRows, Float32Array>>>;
  /** Rows that can see each column, `[vision]`; `null` where every row sees every column. */
  readonly visibleRows: Float32Array | null;
  /** Rows that were averaged for `prefill`. */
  readonly sequence: number;
}

export interface HeadResult<Head = unknown> {
  /** Hidden states and key/value cache of layers < K; opaque to core. */
  readonly state: Head;
  readonly semantic: SemanticAttention;
  /**
   * Attention of this call's action rows at layer K − 1, mean over heads and rows, float32 `[vision]`; where
   * `layout.currentAction` promises it.
   */
  readonly currentAction?: Float32Array;
  /** Tokens below the cut: visual ones included, and placeholders of actions where there are any. */
  readonly sequence: number;
}

/** Attention of the action rows at one layer, mean over heads and rows (and Euler steps). */
export interface LayerAttention {
  readonly layer: number;
  /** float32 `[vision]` at layers < K (`columns: "all"`), `[kept]` at layers ≥ K (`columns: "kept"`). */
  readonly values: Float32Array;
  readonly columns: "all" | "kept";
}

export interface ActResult<Raw = unknown> {
  /** Tokens, regression or flow output; opaque to core. */
  readonly raw: Raw;
  readonly actionAttention: readonly LayerAttention[];
  /** Passes that the tokens behind the first took, where what was wrong in a draft is guessed anew. */
  readonly passes?: number;
  /** What the same run showed, where it goes from pixels to tokens. */
  readonly seen?: SeenAhead;
}

/** What a run from pixels to tokens shows beside its action: it chooses the tokens of the next one. */
export interface SeenAhead {
  readonly vision: Omit<VisionTokens, "features">;
  readonly head: Omit<HeadResult, "state">;
}

/** A whole call in one run, on tokens of the present views (`viewsOf`) that were chosen before it. */
export interface AheadRun<Prepared = unknown, Raw = unknown> {
  viewsOf(prepared: Prepared): readonly ViewSpan[];
  run(
    prepared: Prepared,
    keep: Int32Array,
    call: StepCall,
  ): Promise<ActResult<Raw> & { readonly seen: SeenAhead }>;
}

export interface ActionChunk {
  /** Robot units, `[horizon][action]`. */
  readonly actions: readonly (readonly number[])[];
  /** Action token ids, where the architecture has any. */
  readonly tokens: readonly number[] | null;
}

/**
 * One architecture: a method per stage of a control step, in call order. Methods must not keep state
 * between steps; what one stage hands to a later one travels through `Prepared`, `Head` and `Raw`.
 */
export interface VlaAdapter<Prepared = unknown, Features = unknown, Head = unknown, Raw = unknown> {
  readonly architecture: string;
  readonly layout: ModelLayout;
  /** Camera frames, instruction, proprio → pixel tensors, token ids. */
  prepare(observation: Observation, call: StepCall): Promise<Prepared>;
  /** Pixels → visual tokens and their similarity. */
  encodeVision(prepared: Prepared, call: StepCall): Promise<VisionTokens<Features>>;
  /** Layers 0 … K−1 on all tokens → hidden states, semantic attention. */
  prefillHead(prepared: Prepared, vision: VisionTokens<Features>, call: StepCall): Promise<HeadResult<Head>>;
  /**
   * Layers K … L−1 on the kept tokens, then decode or denoise.
   *
   * @param keep visual indices, ascending
   */
  act(prepared: Prepared, head: HeadResult<Head>, keep: Int32Array, call: StepCall): Promise<ActResult<Raw>>;
  /** `encodeVision`, `prefillHead` and `act` in one run, which policies that select ahead call in their place. */
  readonly ahead?: AheadRun<Prepared, Raw>;
  /** An action in robot units → the tokens that stand for it, as a draft; where `layout.draftTokens` says so. */
  toDraft?(action: readonly number[]): readonly number[];
  /** Raw model output → action chunk in robot units. */
  toAction(raw: Raw): ActionChunk;
  /** A made-up observation of the right shapes, the same for the same seed: for benchmarks and contract tests. */
  exampleObservation(seed: number): Observation;
  /** What it does with pictures, words, state and actions, for people who compare it with training code. */
  describeInputs?(): readonly InputFact[];
  /** Frees what a failed or finished step still holds (device buffers). Called once a step, in any case. */
  release?(step: { vision?: VisionTokens<Features>; head?: HeadResult<Head> }): void;
}
