import { createHash } from "node:crypto";
import { VlaPrunerError } from "@vla-pruner/format";
import { checkServed, jobsOf } from "@vla-pruner/eval";
import type { ServedPolicy, SweepPlan } from "@vla-pruner/eval";
import type { PlanOptions } from "./plan-of.ts";

/** The address of a server, in place of a model directory. */
export function isServed(path: string): boolean {
  return /^wss?:\/\//u.test(path);
}

/** `HOST:PORT` */
export function placeOf(url: string): string {
  return url.replace(/^wss?:\/\//u, "").replace(/\/.*$/u, "");
}

/** With the key that the environment has. @throws `server-unreachable`, `invalid-option` */
export async function openServed(url: string): Promise<ServedPolicy> {
  const { remotePolicy } = await import("@vla-pruner/serve/client"); // For who has a server.
  const apiKey = process.env["VLA_PRUNER_API_KEY"];
  return remotePolicy(url, apiKey === undefined ? {} : { apiKey });
}

/**
 * The plan with what the servers say of themselves: whatever does not fit ends the evaluation before it begins.
 *
 * @throws `server-unreachable`, `invalid-option`, `plugin-invalid`
 */
export async function withServed(plan: SweepPlan, options: PlanOptions): Promise<SweepPlan> {
  const served = plan.policies.filter(({ path }) => isServed(path));
  if (served.length === 0) return plan;
  checkOwnOptions(
    options,
    served.some(({ ahead }) => ahead === true),
  );
  const fingerprints = new Map<string, string>();
  const jobs = await jobsOf({ ...plan, policies: served, episodes: 1 });
  for (const { path } of served) {
    const policy = await openServed(path);
    const { adapter, about } = policy;
    await policy.dispose();
    for (const job of jobs.filter((one) => one.path === path)) checkServed(job, about);
    const hash = createHash("sha256").update(JSON.stringify({ adapter, about }));
    fingerprints.set(path, hash.digest("hex").slice(0, 16));
  }
  const policies = plan.policies.map((policy) => {
    const fingerprint = fingerprints.get(policy.path);
    return { ...policy, ...(fingerprint !== undefined && { fingerprint }) };
  });
  return { ...plan, policies };
}

/** What a server has to be started with is not silently left out. */
function checkOwnOptions(
  { plugin, unnormKey, centerCrop, device, dtype, draft }: PlanOptions,
  ahead: boolean,
): void {
  const given = {
    "--plugin": plugin !== undefined,
    "--unnorm-key": unnormKey !== undefined,
    "--center-crop": centerCrop === true,
    "--device": device !== "cpu",
    "--dtype": dtype !== undefined,
    "--ahead": ahead,
    "--draft": draft !== "none",
  };
  const own = Object.entries(given).find(([, named]) => named)?.[0];
  if (own === undefined) return;
  throw new VlaPrunerError("invalid-option", {
    expected: "a policy on a server, which reads pictures and gives actions as it was started",
    found: own,
    fix: own === "--draft" ? "leave it out: drafts are not served" : `pass ${own} to vla-pruner serve`,
  });
}
