import type { TokenPruner } from "../token-pruner.ts";
import { dense } from "./decide.ts";

/** Prunes nothing: the dense model. */
export function keepAll(): TokenPruner {
  return { name: "keep-all", retention: 1, select: (context) => dense(context, "keep-all") };
}
