import type { ModelLayout } from "@vla-pruner/core";

/** What the server must know of a policy to read observations for it. */
export interface PolicyFacts {
  readonly architecture: string;
  readonly layout: ModelLayout;
  /** Numbers of the robot's state; `null` where the model reads none. */
  readonly state: number | null;
  /** Training set whose statistics un-normalise actions; `null` where it has no name. */
  readonly unnormKey: string | null;
}

/** Names of the model's views, in order. */
export function viewNames({ layout }: PolicyFacts): string[] {
  return layout.views.map(({ name }) => name);
}
