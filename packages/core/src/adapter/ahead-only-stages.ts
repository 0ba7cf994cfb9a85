import { VlaPrunerError } from "@vla-pruner/format";
import type { VlaAdapter } from "../vla-adapter.ts";

/** The stages of a model whose one graph does a whole call: each refuses. No policy calls them. */
export function aheadOnlyStages(
  architecture: string,
): Pick<VlaAdapter<unknown, never, never, never>, "encodeVision" | "prefillHead" | "act"> {
  const refuse = async (): Promise<never> => {
    throw needsAhead(architecture, "a stage of its own");
  };
  return { encodeVision: refuse, prefillHead: refuse, act: refuse };
}

/** Such a model is asked for what only others do. */
export function needsAhead(architecture: string, found: string): VlaPrunerError {
  return new VlaPrunerError("invalid-option", {
    expected: `selectAhead: true, for ${architecture} whose one graph needs the tokens before it has scores`,
    found,
    fix: "pass selectAhead: true (--ahead), or convert the checkpoint without --ahead",
  });
}
