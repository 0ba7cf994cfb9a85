import { VlaPrunerError } from "@vla-pruner/format";
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
  run: (input: Stages[Name]["input"]) => Promise<Stages[Name]["output"]>,
): Promise<Stages[Name]["output"]> {
  type Input = Stages[Name]["input"];
  type Output = Stages[Name]["output"];
  const enter = async (index: number, given: Input): Promise<Output> => {
    const current = middleware[index];
    if (current === undefined) return run(given);
    const inner = once(stage, (changed: Input = given) => enter(index + 1, changed));
    const around = current[stage] as AroundStage<Name> | undefined;
    const own = () => (around === undefined ? inner() : around.call(current, given, inner));
    if (current.every === undefined) return own();
    return current.every(stage, once(stage, own));
  };
  const output = await enter(0, input);
  if (output === undefined && stage !== "observe") {
    throw misuse(`a result of ${stage}`, "none", "return what next() gives, or another result");
  }
  return output;
}

function once<Given extends readonly unknown[], Result>(
  stage: StageName,
  run: (...given: Given) => Promise<Result>,
): (...given: Given) => Promise<Result> {
  let called = false;
  return async (...given) => {
    if (called) {
      throw misuse(
        `one call of next() around ${stage}`,
        "a second one",
        "call next() at most once and return its result",
      );
    }
    called = true;
    return run(...given);
  };
}

function misuse(expected: string, found: string, fix: string): VlaPrunerError {
  return new VlaPrunerError("middleware-misuse", { expected, found, fix });
}
