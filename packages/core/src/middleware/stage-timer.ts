import type { StageMiddleware, StageName } from "./stage-middleware.ts";

/** Measures every stage, its middleware included. Milliseconds of wall clock go into `timings`. */
export function stageTimer(timings: Partial<Record<StageName, number>>): StageMiddleware {
  return {
    async every(stage, next) {
      const start = performance.now();
      try {
        return await next();
      } finally {
        timings[stage] = performance.now() - start;
      }
    },
  };
}
