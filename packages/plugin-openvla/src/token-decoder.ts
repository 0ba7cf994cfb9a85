import type { GraphTensor } from "@vla-pruner/core/adapter";
import type { LayerAttention, SemanticAttention, StepCall } from "@vla-pruner/core";

/** What came out of the prompt. */
export interface Prefill<State> {
  /** What `decode` goes on from. */
  readonly state: State;
  readonly semantic: SemanticAttention;
  readonly sequence: number;
}

export interface DecodedAction {
  readonly tokens: readonly number[];
  readonly actionAttention: readonly LayerAttention[];
  /** Passes that the tokens behind the first took, where they are counted. */
  readonly passes?: number;
}

/** What a run from pixels on gives. */
export interface WholeCall extends DecodedAction {
  /** `[vision, vision]`. */
  readonly similarity: Float32Array;
  readonly semantic: SemanticAttention;
  readonly sequence: number;
}

/** How a model's graphs turn a prompt and the kept tokens into action tokens. */
export interface TokenDecoder<State = unknown> {
  /** Tokens that a sequence may have, prompt and picture and actions together. */
  readonly room: number;
  /**
   * @param ids `[text]`, BOS first; the picture comes after it
   * @param features `[1, vision, hidden]`
   * @throws `session-failed`; for a draft that is none
   */
  prefill(ids: readonly number[], features: GraphTensor, call: StepCall): Promise<Prefill<State>>;
  /** @throws `session-failed`, `cancelled` */
  decode(state: State, keep: Int32Array, call: StepCall): Promise<DecodedAction>;
  /** Frees what a prefill left. */
  release(state: State): void;
}
