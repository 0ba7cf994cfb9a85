import { createPolicy } from "@vla-pruner/core";
import type {
  Policy,
  PolicyEmitter,
  SemanticRows,
  StageMiddleware,
  StepResult,
  TokenPruner,
} from "@vla-pruner/core";
import type { GraphSession } from "@vla-pruner/core/adapter";
import { VlaPrunerError } from "@vla-pruner/format";
import type { SplitDecoder } from "@vla-pruner/onnx/split";
import type { DecoderHalves } from "./decoder-halves.ts";
import { promptRows, seesAll } from "./prompt.ts";
import type { DecoderCall, PromptRows } from "./prompt.ts";
import type { Feeds, StockTensor } from "./stock/stock-model.ts";
import type { Prefill } from "./vlm-adapter.ts";
import { VlmAdapter } from "./vlm-adapter.ts";

/** How a prompt went through the decoder. */
export interface PrefillReport extends Pick<
  StepResult,
  "decision" | "reason" | "views" | "keep" | "semantic" | "timings"
> {
  /** Rows of the prompt, and those that layers ≥ K saw, int32, ascending. */
  readonly rows: number;
  readonly keptRows: Int32Array;
  /** Rows of the visual tokens, int32 `[vision]`; `keep` holds indices into it. */
  readonly visualRows: Int32Array;
}

export interface PruningParts {
  readonly halves: DecoderHalves;
  readonly promptSession: GraphSession;
  readonly layer: number;
  readonly pruner: TokenPruner;
  readonly middleware: readonly StageMiddleware[];
  readonly scores: readonly SemanticRows[] | undefined;
  readonly imageToken: bigint;
}

/** What prunes a model: `model.pruning`. */
export class Pruning {
  /** How the decoder was split. */
  readonly split: Pick<SplitDecoder, "cut" | "layers" | "positions" | "tap">;
  /** The last prefill that had visual tokens, `null` before. */
  last: PrefillReport | null = null;
  readonly #parts: PruningParts;
  readonly #policy: Policy;
  readonly #said = new Set<string>();
  #pruner: TokenPruner;

  constructor(parts: PruningParts) {
    const { halves, promptSession, layer, middleware } = parts;
    const { cut, layers, positions, tap } = halves.split;
    this.split = { cut, layers, positions, tap };
    this.#parts = parts;
    this.#pruner = parts.pruner;
    const adapter = new VlmAdapter(halves, promptSession, layer);
    const dispose = async (): Promise<void> => {
      await halves.release();
      await promptSession.release();
    };
    this.#policy = createPolicy({ adapter, pruner: parts.pruner, middleware, dispose });
  }

  /** Events of core: `stage-end`, `selection-available`, `notice` and the others. */
  get events(): PolicyEmitter {
    return this.#policy.events;
  }

  /** The pruner of the next prompts; may be replaced at any time. */
  get pruner(): TokenPruner {
    return this.#pruner;
  }

  /** @throws `invalid-option` for one that reads what the model does not report */
  set pruner(pruner: TokenPruner) {
    this.#policy.startEpisode({ pruner });
    this.#pruner = pruner;
  }

  /** One run of the decoder: pruned where it is a prompt with pictures. */
  async run(feeds: Feeds, ids: ArrayLike<bigint> | undefined): Promise<Record<string, StockTensor>> {
    const { halves, imageToken } = this.#parts;
    const call = halves.callOf(feeds);
    if (call.rows === 1) return this.#dense(call);
    const known = ids?.length === call.batch * call.rows ? ids : undefined;
    const prompt = promptRows(known ?? [], imageToken);
    const reason = this.#whyDense(call, prompt, known);
    if (reason === null) return this.#prune(call, prompt);
    const all = everyRow(call);
    if (known === undefined || prompt.visual.length > 0) {
      this.#say(reason);
      const keep = Int32Array.from(prompt.visual.keys());
      const { visual: visualRows, views } = prompt;
      this.last = {
        decision: "dense",
        reason,
        views,
        keep,
        semantic: {},
        timings: {},
        rows: call.rows,
        keptRows: all,
        visualRows,
      };
    }
    return this.#dense(call);
  }

  async dispose(): Promise<void> {
    await this.#policy.dispose();
  }

  #whyDense(
    { batch, feeds }: DecoderCall,
    { visual }: PromptRows,
    ids: ArrayLike<bigint> | undefined,
  ): string | null {
    if (ids === undefined) return "token ids are not known: inputs_embeds were given";
    if (batch > 1) return `a batch of ${batch}: only single prompts are pruned`;
    if (visual.length === 0) return "no visual tokens";
    if (!seesAll(feeds["attention_mask"])) return "padding in the attention mask";
    const logits = feeds["num_logits_to_keep"]?.data as BigInt64Array | undefined;
    if (logits !== undefined && logits[0] !== 1n) return "logits of more than the last row are asked for";
    return null;
  }

  async #dense(call: DecoderCall): Promise<Record<string, StockTensor>> {
    const { halves } = this.#parts;
    const head = await halves.runHead(call, Int32Array.of(call.rows - 1));
    try {
      return await halves.runTail(call, head, everyRow(call));
    } finally {
      halves.releaseCut(head);
    }
  }

  /** A prompt is an episode of its own: the same one gives the same tokens, whatever came before. */
  async #prune(call: DecoderCall, prompt: PromptRows): Promise<Record<string, StockTensor>> {
    const pruner = this.#pruner;
    const scores = this.#parts.scores ?? [pruner.semanticRows ?? "last"];
    const prefill: Prefill = { call, prompt, scores };
    if (pruner.temporal !== undefined)
      this.#say(`${pruner.name} has no actions to forecast from: its semantic half chooses`);
    const result = await this.#policy.startEpisode({ pruner }).act({ extras: { prefill } });
    const { outputs, kept } = prefill;
    if (outputs === undefined || kept === undefined) {
      throw new VlaPrunerError("middleware-misuse", {
        expected: "a middleware that hands on what toAction is given",
        found: "another value",
        fix: "return what next() gives",
      });
    }
    const { decision, reason, views, keep, semantic, timings } = result;
    this.last = {
      decision,
      reason,
      views,
      keep,
      semantic,
      timings,
      rows: call.rows,
      keptRows: kept,
      visualRows: prompt.visual,
    };
    return outputs;
  }

  #say(message: string): void {
    if (this.#said.has(message)) return;
    this.#said.add(message);
    if (this.events.listenerCount("notice") === 0) console.warn(`vla-pruner: ${message}`);
    else this.events.report("notice", { episode: this.#policy.id, message });
  }
}

function everyRow({ rows }: DecoderCall): Int32Array {
  return Int32Array.from({ length: rows }, (_, row) => row);
}
