export { withPruning } from "./with-pruning.ts";
export type { Pruned } from "./with-pruning.ts";
export type { PruningOptions } from "./options.ts";
export type { PrefillReport, Pruning } from "./pruning.ts";
export type { StockModel } from "./stock/stock-model.ts";
export { VlaPrunerError } from "@vla-pruner/format";
