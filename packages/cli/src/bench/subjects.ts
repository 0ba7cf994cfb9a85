import { basename, resolve } from "node:path";
import { VlaModel } from "@vla-pruner/core";
import type { Device, LocalEpisode, Policy } from "@vla-pruner/core";
import type { ChosenPruner } from "@vla-pruner/core/modules";
import { dtypeOf } from "@vla-pruner/format";
import { openPolicy } from "../model-directory/open-policy.ts";
import type { OpenPolicyOptions } from "../model-directory/open-policy.ts";
import { memoryUse } from "./memory-use.ts";
import type { DraftMode } from "./timed-step.ts";

/** A loaded model, and what it took. */
export interface Subject {
  /** Name of its folder. */
  readonly model: string;
  readonly dtype: string;
  readonly policy: Policy;
  /** Milliseconds. */
  readonly load: number;
  /** Bytes that loading added. */
  readonly memory: { readonly process: number; readonly cards: number | null };
  readonly dispose: () => Promise<void>;
}

/** A way to run it that is timed: a row of the table. */
export interface Contestant {
  readonly subject: Subject;
  readonly retention: number;
  readonly draft: DraftMode;
  readonly episode: LocalEpisode;
}

export interface SubjectOptions extends Omit<OpenPolicyOptions, "device"> {
  readonly device: Device;
  readonly threads?: number;
}

/** Loads a model for a benchmark. */
export async function loadSubject(folder: string, options: SubjectOptions): Promise<Subject> {
  const { device, dtype, threads, ...others } = options;
  const [before, began] = [memoryUse(device), performance.now()];
  const given = { ...(dtype && { dtype }), ...(threads !== undefined && { threads }) };
  const model = await VlaModel.from_pretrained(folder, { device, ...given });
  try {
    const load = performance.now() - began;
    const after = memoryUse(device);
    const [unnormKey] = Object.keys(model.vla.norm_stats); // Any will do: times are the same.
    const policy = await openPolicy(model, { ...(unnormKey !== undefined && { unnormKey }), ...others });
    const cards = after.cards === null || before.cards === null ? null : after.cards - before.cards;
    const memory = { process: after.process - before.process, cards };
    const dispose = async (): Promise<void> => {
      await policy.dispose();
      await model.dispose();
    };
    const dtypes = new Set(Object.values(model.vla.sessions).map((entry) => dtypeOf(model.vla, entry)));
    return { model: basename(resolve(folder)), dtype: [...dtypes].join("+"), policy, load, memory, dispose };
  } catch (error) {
    await model.dispose();
    throw error;
  }
}

/** Every retention with every draft mode, on a model. */
export function contestantsOf(
  subject: Subject,
  chosen: ChosenPruner,
  retentions: readonly number[],
  drafts: readonly DraftMode[],
  seed: number,
): Contestant[] {
  return retentions.flatMap((retention) =>
    drafts.map((draft) => {
      const episode = subject.policy.startEpisode({ pruner: chosen.make({ retention, seed }) });
      return { subject, retention, draft, episode };
    }),
  );
}
