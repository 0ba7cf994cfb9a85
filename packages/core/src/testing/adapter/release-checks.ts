import assert from "node:assert/strict";
import { createPolicy } from "../../container/create-policy.ts";
import type { StageMiddleware, StageName } from "../../middleware/stage-middleware.ts";
import { keepAll } from "../../pruners/keep-all.ts";
import type { AdapterCheck } from "./adapter-subject.ts";

/** Stages after which a step fails, and none. */
const FAILURES: readonly (StageName | null)[] = [null, "encodeVision", "prefillHead", "select", "act"];

/** Something that is freed: tensors have data, and throw when they are freed twice; caches of tensors do not. */
interface Disposable {
  readonly data?: unknown;
  dispose(): void;
}

/** What `encodeVision` and `prefillHead` hand over must be freed when the step ends. */
export const releaseChecks: Readonly<Record<string, AdapterCheck>> = {
  async "release: what a step made is freed once, also when the step fails"(subject) {
    const [observation] = subject.observations;
    assert.ok(observation !== undefined, "a subject needs observations");
    for (const failure of FAILURES) {
      const freed = new Map<Disposable, number>();
      const adapter = await subject.createAdapter();
      const selectAhead = adapter.layout.aheadOnly === true;
      if (selectAhead && (failure === "encodeVision" || failure === "prefillHead")) continue;
      const middleware = [failAfter(failure), watch(freed)];
      const step = createPolicy({ adapter, pruner: keepAll(), middleware, selectAhead }).act(observation);
      if (failure === null) await step;
      else await assert.rejects(step, /sabotage/);
      const when = failure === null ? "a step" : `a step that fails after ${failure}`;
      for (const [part, times] of freed) {
        const enough = "data" in part ? times === 1 : times >= 1;
        assert.ok(enough, `${when} frees ${"data" in part ? "a tensor" : "a cache"} ${times} times`);
      }
    }
  },
};

/** Counts how often each part of features and state is freed. */
function watch(freed: Map<Disposable, number>): StageMiddleware {
  const own = (part: Disposable): void => {
    if (freed.has(part)) return;
    freed.set(part, 0);
    const dispose = part.dispose.bind(part);
    Object.defineProperty(part, "dispose", {
      configurable: true,
      value: () => {
        freed.set(part, (freed.get(part) ?? 0) + 1);
        dispose();
      },
    });
  };
  return {
    async encodeVision(_, next) {
      const vision = await next();
      disposables(vision.features).forEach(own);
      return vision;
    },
    async prefillHead(_, next) {
      const head = await next();
      disposables(head.state).forEach(own);
      return head;
    },
  };
}

function failAfter(stage: StageName | null): StageMiddleware {
  return {
    async every(name, next) {
      const output = await next();
      if (name === stage) throw new Error("sabotage");
      return output;
    },
  };
}

/** Everything within a value that can be freed. */
function disposables(value: unknown, seen = new Set<object>()): Disposable[] {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value) || seen.has(value)) return [];
  seen.add(value);
  if ("dispose" in value && typeof value.dispose === "function") return [value as Disposable];
  return Object.values(value).flatMap((part) => disposables(part, seen));
}
