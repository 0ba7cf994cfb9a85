import type { AdapterCheck } from "./adapter-subject.ts";
import { aheadChecks } from "./ahead-checks.ts";
import { callChecks } from "./call-checks.ts";
import { episodeChecks } from "./episode-checks.ts";
import { layoutChecks } from "./layout-checks.ts";
import { observationChecks } from "./observation-checks.ts";
import { releaseChecks } from "./release-checks.ts";
import { rowChecks } from "./row-checks.ts";
import { stageChecks } from "./stage-checks.ts";

/**
 * What any adapter must do, as data for any test runner:
 *
 * @example
 * for (const [name, check] of Object.entries(adapterContract)) it(name, () => check(subject));
 */
export const adapterContract: Readonly<Record<string, AdapterCheck>> = {
  ...layoutChecks,
  ...observationChecks,
  ...stageChecks,
  ...rowChecks,
  ...callChecks,
  ...releaseChecks,
  ...episodeChecks,
  ...aheadChecks,
};
