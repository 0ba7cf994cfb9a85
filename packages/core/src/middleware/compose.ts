import { VlaPrunerError } from "@vla-pruner/errors";
import type { AroundStage, StageMiddleware, StageName, Stages } from "./stage-middleware.ts";

/**
 * Runs a stage inside its middleware, the first in the list outermost.
 *
 * @throws `middleware-misuse` when a middleware calls `next` twice, or forgets to return a result
 */
export async function runStage<Name extends StageName>(
  middleware: readonly StageMiddleware[],
  stage: Name,
  input: Stages[Name]["input"],
  run: () => Promise<Stages[Name]["output"]>,
): Promise<Stages[Name]["output"]> {
  type Output = Stages[Name]["output"];
  const enter = async (index: number): Promise<Output> => {
    const current = middleware[index];
    if (current === undefined) return run();
    const inner = once(stage, () => enter(index + 1));
    const around = current[stage] as AroundStage<Name> | undefined;
    const own = around === undefined ? inner : () => around.call(current, input, inner);
    if (current.every === undefined) return own();
    return current.every(stage, once(stage, own));
  };
  const output = await enter(0);
  if (output === undefined && stage !== "observe") {
    throw misuse(`a result of ${stage}`, "none", "return what next() gives, or another result");
  }
  return output;
}

function once<Result>(stage: StageName, run: () => Promise<Result>): () => Promise<Result> {
  let called = false;
  return async () => {
    if (called) {
      throw misuse(
        `one call of next() around ${stage}`,
        "a second one",
        "call next() at most once and return its result",
      );
    }
    called = true;
    return run();
  };
}

function misuse(expected: string, found: string, fix: string): VlaPrunerError {
  return new VlaPrunerError("middleware-misuse", { expected, found, fix });
}
