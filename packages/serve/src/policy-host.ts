import type { Episode, VlaPrunerError } from "@vla-pruner/core";
import type { PolicyFacts } from "./policy-facts.ts";

/** A loaded policy, in a worker or in this process: where episodes come from. */
export interface PolicyHost {
  readonly facts: PolicyFacts;
  /** A fresh episode with a memory of its own. */
  startEpisode(parts: { readonly id: string }): Episode | Promise<Episode>;
  /** Lets go of an episode, which is not used again. */
  endEpisode?(episode: Episode): void;
  /** Settles with the reason when the policy is gone, as a worker that ended; pending where it cannot go. */
  readonly lost?: Promise<VlaPrunerError>;
  dispose(): Promise<void>;
}

/** Loads a policy and warms it up; called again when one is lost. */
export type StartHost = () => Promise<PolicyHost>;

/** A host's `lost`, and what settles it: for the `onLost` of a worker. */
export function openLoss(): {
  readonly lost: Promise<VlaPrunerError>;
  readonly lose: (reason: VlaPrunerError) => void;
} {
  let settle: ((reason: VlaPrunerError) => void) | undefined;
  const lost = new Promise<VlaPrunerError>((resolve) => {
    settle = resolve;
  });
  return { lost, lose: (reason) => settle?.(reason) };
}
