import { adapterContract } from "@vla-pruner/core/testing";
import { keepAll, recommended } from "@vla-pruner/core";
import type { InputFact, Policy, VlaAdapter } from "@vla-pruner/core";
import { inDtypes } from "@vla-pruner/format";
import { isDeepStrictEqual } from "node:util";
import { readEpisode } from "../episode/read-episode.ts";
import { openPolicy } from "../model-directory/open-policy.ts";
import { readModelConfig } from "../model-directory/read-vla-json.ts";
import type { ModelOptions } from "../options/model-options.ts";
import { CountProgress } from "../report/progress-bar.ts";
import type { Streams } from "../streams.ts";
import { againstCheck } from "./against-check.ts";
import type { RecordedRun } from "./against-check.ts";
import { filesCheck } from "./files-check.ts";
import type { VerifyCheck } from "./verify-check.ts";

export interface VerifyRequest extends ModelOptions, RecordedRun {
  /** An episode file that records actions. */
  readonly against?: string;
  readonly quick?: boolean;
  /** Whether tokens are chosen by the call before. */
  readonly ahead?: boolean;
  readonly seed: number;
}

export interface VerifyReport {
  readonly model: string;
  readonly architecture: string;
  readonly dtype: string;
  readonly passed: boolean;
  readonly checks: readonly VerifyCheck[];
  /** What the model does with what it is given. */
  readonly inputs: readonly InputFact[];
}

/** Steps of a made-up episode: the window fills, and two more. */
const STEPS = 5;

/**
 * Checks a model directory: its files, that retention 1 equals the unpruned model, the contract that every adapter
 * keeps, and a recorded episode. Nothing is run where files are not what was converted.
 *
 * @throws what loading throws, `episode-file-invalid`
 */
export async function verifyModel(
  folder: string,
  request: VerifyRequest,
  { stderr }: Pick<Streams, "stderr">,
): Promise<VerifyReport> {
  const recorded = request.against === undefined ? null : await readEpisode(request.against);
  const { config, vla: written } = await readModelConfig(folder);
  const vla = inDtypes(written, request.dtype ?? {}); // as it will be loaded
  const facts = { model: folder, architecture: vla.architecture, dtype: vla.dtype };
  const checks = [await filesCheck(folder, config)];
  if (checks[0]?.outcome === "failed") return { ...facts, passed: false, checks, inputs: [] };
  const policy = await openPolicy(folder, request);
  try {
    checks.push(await denseCheck(policy));
    if (request.quick !== true) checks.push(await contractCheck(policy.adapter, stderr));
    if (recorded !== null) checks.push(await againstCheck(policy, vla, recorded, request));
    const passed = checks.every(({ outcome }) => outcome !== "failed");
    return { ...facts, passed, checks, inputs: inputsOf(policy.adapter) };
  } finally {
    await policy.dispose();
  }
}

async function denseCheck(policy: Policy): Promise<VerifyCheck> {
  const dense = policy.startEpisode({ pruner: keepAll() });
  const whole = policy.startEpisode({ pruner: recommended({ retention: 1 }) });
  for (let step = 0; step < STEPS; step += 1) {
    const observation = policy.adapter.exampleObservation(step);
    const [one, other] = [await dense.act(observation), await whole.act(observation)];
    if (!isDeepStrictEqual(one.actions, other.actions) || !isDeepStrictEqual(one.tokens, other.tokens))
      return {
        check: "dense",
        outcome: "failed",
        says: `retention 1 acts unlike the unpruned model at step ${step}`,
      };
  }
  return {
    check: "dense",
    outcome: "passed",
    says: `retention 1 equals the unpruned model, number for number, over ${STEPS} steps`,
  };
}

/** The checks that every adapter passes, on the model's own example. */
async function contractCheck(adapter: VlaAdapter, stderr: Streams["stderr"]): Promise<VerifyCheck> {
  const subject = {
    createAdapter: () => adapter,
    observations: Array.from({ length: 4 }, (_, seed) => adapter.exampleObservation(seed)),
  };
  const checks = Object.entries(adapterContract);
  const progress = new CountProgress(stderr, checks.length, 0, "checks");
  const failed: { readonly name: string; readonly error: string }[] = [];
  for (const [name, check] of checks) {
    await check(subject).catch((error: unknown) => {
      failed.push({ name, error: error instanceof Error ? error.message : String(error) });
    });
    progress.advance();
  }
  progress.stop();
  const kept = `${checks.length - failed.length} of ${checks.length} checks on the model's own example`;
  const broken = failed.map(({ name, error }) => `${name} (${error.split("\n")[0]})`).join("; ");
  return {
    check: "contract",
    outcome: failed.length === 0 ? "passed" : "failed",
    says: failed.length === 0 ? kept : `${kept}; not: ${broken}`,
    value: { checks: checks.length, failed },
  };
}

/** Cameras by the layout, the rest as the adapter says it. */
function inputsOf(adapter: VlaAdapter): InputFact[] {
  const { layout } = adapter;
  const names = layout.views.map(({ name }) => name);
  const aliases = Object.entries(layout.cameraAliases ?? {}).filter(([, view]) => names.includes(view));
  const also =
    aliases.length === 0 ? "" : `; also by ${aliases.map(([name, view]) => `${name} = ${view}`).join(", ")}`;
  const cameras = { about: "cameras", says: `${names.join(", ")}${also}`, value: names };
  return [cameras, ...(adapter.describeInputs?.() ?? [])];
}
