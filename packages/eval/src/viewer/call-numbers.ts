import type { TracedCall } from "./types.ts";

/** Visual tokens of a call, and how many of them were kept. */
export function tokensOf({ views }: TracedCall): { readonly kept: number; readonly vision: number } {
  return {
    kept: views.reduce((sum, { kept }) => sum + kept.reduce((count, flag) => count + flag, 0), 0),
    vision: views.reduce((sum, { kept }) => sum + kept.length, 0),
  };
}

/** Share of the visual tokens that a call kept; 1 where it had none. */
export function keptShare(call: TracedCall): number {
  const { kept, vision } = tokensOf(call);
  return vision === 0 ? 1 : kept / vision;
}
