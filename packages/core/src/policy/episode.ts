import { VlaPrunerError } from "@vla-pruner/errors";
import type { PolicyEmitter } from "../events.ts";
import { combineLayers } from "../memory/combine-layers.ts";
import { seenTokens } from "../memory/seen-tokens.ts";
import { TemporalMemory } from "../memory/temporal-memory.ts";
import type { TemporalState } from "../memory/temporal-memory.ts";
import { attentionTap } from "../middleware/attention-tap.ts";
import { runStage } from "../middleware/compose.ts";
import type { StageMiddleware, StageName, Stages } from "../middleware/stage-middleware.ts";
import { stageTimer } from "../middleware/stage-timer.ts";
import type { Observation } from "../observation.ts";
import type { WorkGate } from "../runtime/work-gate.ts";
import { WorkQueue } from "../runtime/work-queue.ts";
import type { TokenPruner } from "../token-pruner.ts";
import type { HeadResult, VisionTokens, VlaAdapter } from "../vla-adapter.ts";
import { checkActionLayers, checkDecision, checkVision } from "./check-stage.ts";
import { checkNotReleased, noteReleased } from "./released-results.ts";
import type { StepResult } from "./step-result.ts";

export interface EpisodeParts {
  readonly adapter: VlaAdapter;
  readonly pruner: TokenPruner;
  readonly middleware: readonly StageMiddleware[];
  readonly events: PolicyEmitter;
  /** Closed when the policy is disposed. */
  readonly gate: WorkGate;
}

export interface ActOptions {
  /** Cancels between two stages; the episode's memory then stays as it was. */
  readonly signal?: AbortSignal;
}

/** One run of a task: owns the temporal memory, which advances once a completed call, in call order. */
export class Episode {
  readonly #parts: EpisodeParts;
  readonly #queue = new WorkQueue();
  #memory: TemporalMemory;
  /** What was under way at a restore does not write over it. */
  #restores = 0;

  /** @throws `invalid-option` when the pruner reads action layers that the model does not tap */
  constructor(parts: EpisodeParts) {
    checkActionLayers(parts.pruner.temporal?.actionLayers ?? [], parts.adapter.layout.tappedLayers);
    this.#parts = parts;
    this.#memory = new TemporalMemory(parts.pruner.temporal);
  }

  /**
   * One control step. Concurrent calls wait for each other; a failed one leaves the memory as it was.
   *
   * @throws `disposed` once the policy is; errors of the stages
   */
  act(observation: Observation, options: ActOptions = {}): Promise<StepResult> {
    return this.#parts.gate.run(() => this.#queue.add(() => this.#step(observation, options.signal)));
  }

  /** Forgets the past: call it at the start of every episode. Waits for a step that is under way. */
  async reset(): Promise<void> {
    const restores = this.#restores;
    await this.#queue.add(() => {
      if (restores === this.#restores) this.#memory = new TemporalMemory(this.#parts.pruner.temporal);
      this.#parts.events.report("episode-reset");
    });
  }

  /** The temporal memory as plain JSON, after the last completed call. */
  saveState(): TemporalState {
    return this.#memory.save();
  }

  /**
   * Puts a saved memory in place at once. A step that is under way still gives its action, but is not
   * remembered; calls that wait go on from the restored memory; a reset that was asked for before does not
   * undo it.
   *
   * @throws `state-invalid`
   */
  restoreState(state: TemporalState): void {
    this.#memory = TemporalMemory.restore(this.#parts.pruner.temporal ?? {}, state);
    this.#restores += 1;
  }

  /** The way of the data, camera frame to action. */
  async #step(observation: Observation, signal: AbortSignal | undefined): Promise<StepResult> {
    const { adapter, pruner, events } = this.#parts;
    const { layout } = adapter;
    const memory = this.#memory;
    const restores = this.#restores;
    const timings: Partial<Record<StageName, number>> = {};
    const stage = this.#stageRunner(timings, signal);
    const held: { vision?: VisionTokens; head?: HeadResult } = {};
    let next = memory;
    let result: StepResult;
    try {
      const prepared = await stage("prepare", { observation }, () => adapter.prepare(observation));

      const vision = await stage("encodeVision", { prepared }, async () => {
        held.vision = await adapter.encodeVision(prepared);
        return held.vision;
      });
      checkNotReleased("encodeVision", vision.features, held.vision?.features);
      const tokens = checkVision(vision);

      const head = await stage("prefillHead", { prepared, vision }, async () => {
        held.head = await adapter.prefillHead(prepared, vision);
        return held.head;
      });
      checkNotReleased("prefillHead", head.state, held.head?.state);

      const context = {
        views: vision.views,
        vision: tokens,
        semantic: head.semantic,
        semanticRows: layout.semanticRows,
        forecast: memory.forecast(vision.views),
        similarity: vision.similarity,
        step: memory.step,
      };
      const decision = await stage("select", { context, pruner }, async () => pruner.select(context));
      const keep = checkDecision(decision, tokens);
      events.report("selection-available", decision);

      const { raw, actionAttention } = await stage("act", { prepared, head, keep }, () =>
        adapter.act(prepared, head, keep),
      );

      const chosen = pruner.temporal?.actionLayers ?? layout.actionLayers;
      const score = combineLayers(actionAttention, chosen, keep, tokens);
      await stage("observe", { actionAttention: score, keep }, async () => {
        next = memory.observe(score, seenTokens(actionAttention, chosen, keep, tokens), vision.views);
      });

      const chunk = await stage("toAction", { raw }, async () => adapter.toAction(raw));

      result = {
        step: memory.step,
        action: chunk.actions[0] ?? [],
        chunk: chunk.actions,
        tokens: chunk.tokens,
        decision: decision.decision,
        reason: decision.reason,
        views: vision.views,
        keep,
        semantic: head.semantic.scores,
        semanticRows: pruner.semanticRows ?? layout.semanticRows,
        forecast: context.forecast,
        actionAttention: next.newest(vision.views) ?? score,
        sequence: head.sequence,
        timings,
      };
    } finally {
      if (adapter.release !== undefined) {
        noteReleased(held.vision?.features, held.head?.state);
        adapter.release(held);
      }
    }
    if (restores === this.#restores) this.#memory = next;
    events.report("action-available", result);
    return result;
  }

  #stageRunner(timings: Partial<Record<StageName, number>>, signal: AbortSignal | undefined) {
    const { events } = this.#parts;
    const tap = attentionTap({
      semantic: (attention) => events.report("attention-available", { level: "semantic", attention }),
      action: (attention) => events.report("attention-available", { level: "action", attention }),
    });
    const middleware = [stageTimer(timings), tap, ...this.#parts.middleware];
    return async <Name extends StageName>(
      name: Name,
      input: Stages[Name]["input"],
      run: () => Promise<Stages[Name]["output"]>,
    ): Promise<Stages[Name]["output"]> => {
      if (signal?.aborted === true) throw cancelled(name, signal.reason);
      const output = await runStage(middleware, name, input, run);
      events.report("stage-end", { stage: name, milliseconds: timings[name] ?? 0 });
      return output;
    };
  }
}

function cancelled(stage: StageName, cause: unknown): VlaPrunerError {
  return new VlaPrunerError("cancelled", {
    expected: "a control step that runs to its end",
    found: `a cancellation before ${stage}`,
    fix: "call act again; the episode's memory is as it was before this step",
    cause,
  });
}
