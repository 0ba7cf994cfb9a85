import type { TokenPruner } from "../../token-pruner.ts";

/** Makes the pruner under test; one that decides itself how much it keeps (`retention: null`) leaves retention unread. */
export type PrunerMaker = (options: { retention: number }) => TokenPruner;

/** One thing that every pruner must do; rejects with an assertion error when this one does not. */
export type PrunerCheck = (make: PrunerMaker) => Promise<void>;
