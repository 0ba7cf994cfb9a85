import { createPolicy, keepAll, vlaPruner } from "../../packages/core/src/index.ts";
import type { StepResult, VlaAdapter } from "../../packages/core/src/index.ts";
import type { Cell } from "./measure.ts";

const LLM: readonly string[] = ["prefillHead", "select", "act", "observe"];

/** Steps from pixels at one retention ratio; the observation stays the same, so that kept tokens settle. */
export function policyCells(
  model: string,
  adapter: VlaAdapter,
  retentions: readonly number[],
  seen: (name: string, step: StepResult) => void,
): Cell[] {
  const observation = adapter.exampleObservation(0);
  const selectAhead = adapter.layout.aheadOnly === true;
  const drafts = adapter.layout.draftTokens === undefined ? [undefined] : [undefined, "accepted", "refused"];
  return retentions.flatMap((retention) =>
    drafts.map((draft): Cell => {
      const name = `${model}, ${retention === 1 ? "dense" : `${100 * retention} %`}${draft === undefined ? "" : `, draft ${draft}`}`;
      const pruner = retention === 1 ? keepAll() : vlaPruner({ retention });
      const policy = createPolicy({
        adapter,
        pruner,
        selectAhead,
        drafts: draft === "accepted" && { stopBelow: 0, resumeAbove: 0 },
      });
      let last: StepResult | undefined;
      return {
        name,
        async run() {
          const wrong = draft === "refused" && last !== undefined && { draft: turned(last.action) };
          last = await policy.act(observation, wrong || {});
          seen(name, last);
          return { ...last.timings, ...totals(last, selectAhead) };
        },
      };
    }),
  );
}

/** An action of which no number is right. */
function turned(action: readonly number[]): number[] {
  return action.map((value) => (value > 0 ? value - 0.5 : value + 0.5));
}

/** @param whole whether one run holds pictures and language: then the language's part cannot be told apart */
function totals({ timings }: StepResult, whole: boolean): Record<string, number> {
  const parts = Object.entries(timings);
  const sum = (wanted: (name: string) => boolean): number =>
    parts.reduce((total, [name, time]) => total + (wanted(name) ? time : 0), 0);
  return { ...(!whole && { llm: sum((name) => LLM.includes(name)) }), step: sum(() => true) };
}
