import type { AdapterCheck } from "./adapter-subject.ts";
import { episodeChecks } from "./episode-checks.ts";
import { layoutChecks } from "./layout-checks.ts";
import { stageChecks } from "./stage-checks.ts";

/**
 * What any adapter must do, as data for any test runner:
 *
 * @example
 * for (const [name, check] of Object.entries(adapterContract)) it(name, () => check(subject));
 */
export const adapterContract: Readonly<Record<string, AdapterCheck>> = {
  ...layoutChecks,
  ...stageChecks,
  ...episodeChecks,
};
