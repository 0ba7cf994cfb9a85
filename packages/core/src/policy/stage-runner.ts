import type { PolicyEmitter } from "../events.ts";
import { attentionTap } from "../middleware/attention-tap.ts";
import { runStage } from "../middleware/compose.ts";
import type { StageMiddleware, StageName, Stages } from "../middleware/stage-middleware.ts";
import { stageTimer } from "../middleware/stage-timer.ts";
import type { StepCall } from "../vla-adapter.ts";
import { throwIfCancelled } from "./throw-if-cancelled.ts";

interface StageRunnerParts {
  readonly events: PolicyEmitter;
  /** The user's, within timer and tap. */
  readonly middleware: readonly StageMiddleware[];
  /** Milliseconds by stage, filled in as they run. */
  readonly timings: Partial<Record<StageName, number>>;
  readonly call: StepCall;
}

type RunStage = <Name extends StageName>(
  stage: Name,
  input: Stages[Name]["input"],
  run: (input: Stages[Name]["input"]) => Promise<Stages[Name]["output"]>,
) => Promise<Stages[Name]["output"]>;

/** Runs the stages of one step: each unless the step is cancelled, timed, tapped, within the middleware, reported. */
export function stageRunner({ events, middleware, timings, call }: StageRunnerParts): RunStage {
  const { episode, signal } = call;
  const tap = attentionTap({
    semantic: (attention) => events.report("attention-available", { episode, level: "semantic", attention }),
    action: (attention) => events.report("attention-available", { episode, level: "action", attention }),
  });
  const around = [stageTimer(timings), tap, ...middleware];
  return async (stage, input, run) => {
    throwIfCancelled(signal, `before ${stage}`);
    const output = await runStage(around, stage, input, run);
    events.report("stage-end", { episode, stage, milliseconds: timings[stage] ?? 0 });
    return output;
  };
}
