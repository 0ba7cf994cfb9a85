import type {
  ActResult,
  ActionChunk,
  HeadResult,
  ModelLayout,
  Observation,
  SemanticRows,
  VisionTokens,
  VlaAdapter,
} from "@vla-pruner/core";
import { requiredFloat32 } from "@vla-pruner/core/adapter";
import type { GraphSession, NamedTensors } from "@vla-pruner/core/adapter";
import { VlaPrunerError } from "@vla-pruner/format";
import type { DecoderHalves, HeadOutputs } from "./decoder-halves.ts";
import type { DecoderCall, PromptRows } from "./prompt.ts";
import { semanticScores, tappedRows } from "./semantic-scores.ts";
import type { StockTensor } from "./stock/stock-model.ts";
import { wholeTensor } from "./tail-feeds.ts";

/** One prefill on its way through the stages of core. */
export interface Prefill {
  readonly call: DecoderCall;
  readonly prompt: PromptRows;
  readonly scores: readonly SemanticRows[];
  /** Filled in by the last stage: what transformers.js gets. */
  outputs?: Record<string, StockTensor>;
  /** Rows that layers ≥ K saw, int32, ascending. */
  kept?: Int32Array;
}

/** SparseVLM's weights of the text rows, `[text]`. */
type Raters = Float32Array;

/** What the last stages hand on. */
interface Answer {
  readonly prefill: Prefill;
  readonly outputs: Record<string, StockTensor>;
  readonly kept: Int32Array;
}

/**
 * A stock vision-language model in the words of core: its prefill is a step without an action, so that pruners,
 * middleware, events and timings are core's own.
 */
export class VlmAdapter implements VlaAdapter<Prefill, Raters, HeadOutputs, Answer> {
  readonly architecture = "transformers.js";
  readonly layout: ModelLayout;
  readonly #halves: DecoderHalves;
  readonly #promptSession: GraphSession;

  constructor(halves: DecoderHalves, promptSession: GraphSession, layer: number) {
    this.#halves = halves;
    this.#promptSession = promptSession;
    const { layers } = halves.split;
    this.layout = {
      pruneLayer: layer,
      layers,
      tappedLayers: [],
      actionLayers: [],
      views: [],
      semanticRows: "last",
      acts: false,
      cost: { layers, hidden: 0, intermediate: 0, vocabulary: 0, decodeSteps: 0, towers: [] },
    };
  }

  async prepare({ extras }: Observation): Promise<Prefill> {
    const prefill = extras?.["prefill"] as Prefill | undefined;
    if (prefill !== undefined) return prefill;
    throw new VlaPrunerError("observation-invalid", {
      expected: "a prefill of the model itself",
      found: "an observation",
      fix: "call model.generate",
    });
  }

  async encodeVision({ call, prompt }: Prefill): Promise<VisionTokens<Raters>> {
    const outputs = await this.#promptSession.run({
      inputs_embeds: call.feeds["inputs_embeds"],
      vision_rows: wholeTensor(call, prompt.visual),
      text_rows: wholeTensor(call, prompt.text),
    } as unknown as NamedTensors);
    const similarity = requiredFloat32(outputs, "image_similarity");
    return { features: requiredFloat32(outputs, "rater_weights"), similarity, views: prompt.views };
  }

  async prefillHead(
    { call, prompt, scores }: Prefill,
    { features }: VisionTokens<Raters>,
  ): Promise<HeadResult<HeadOutputs>> {
    const tapped = tappedRows(scores, call, prompt);
    const state = await this.#halves.runHead(call, tapped);
    const semantic = semanticScores(state["tap"], { scores, call, prompt, tapped, raters: features });
    return { state, semantic, sequence: call.rows };
  }

  async act(
    prefill: Prefill,
    { state }: HeadResult<HeadOutputs>,
    keep: Int32Array,
  ): Promise<ActResult<Answer>> {
    const { call, prompt } = prefill;
    const dropped = new Set(prompt.visual);
    for (const index of keep) dropped.delete(prompt.visual[index] ?? -1);
    const kept = Int32Array.from({ length: call.rows }, (_, row) => row).filter((row) => !dropped.has(row));
    const outputs = await this.#halves.runTail(call, state, kept);
    return { raw: { prefill, outputs, kept }, actionAttention: [] };
  }

  toAction({ prefill, outputs, kept }: Answer): ActionChunk {
    prefill.outputs = outputs;
    prefill.kept = kept;
    return { actions: [], tokens: null };
  }

  exampleObservation(): Observation {
    throw new VlaPrunerError("usage", {
      expected: "a prompt and pictures of your own",
      found: "none",
      fix: "call model.generate",
    });
  }

  release({ head }: { head?: HeadResult<HeadOutputs> }): void {
    if (head !== undefined) this.#halves.releaseCut(head.state);
  }
}
