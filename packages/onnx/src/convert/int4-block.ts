import { invalidOption } from "./recipe-errors.ts";

const BLOCKS: readonly number[] = [32, 128];

/**
 * Numbers that share a scale in int4; 32 where nobody says.
 *
 * @throws `invalid-option`
 */
export function int4Block(block = 32): number {
  if (BLOCKS.includes(block)) return block;
  throw invalidOption(`--block ${BLOCKS.join(" or ")}`, block, "choose one of these, or leave it out");
}
