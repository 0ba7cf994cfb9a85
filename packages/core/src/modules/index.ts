// Modules of the user's, by name: plugins and pruners that stand in no table. Node only, hence an entry of its own.
export { prunerNamed } from "./chosen-pruner.ts";
export type { ChosenPruner } from "./chosen-pruner.ts";
export { foundIn } from "./foreign-code.ts";
export { loadCompanion, loadModule } from "./load-module.ts";
export type { LoadedModule } from "./load-module.ts";
export { pluginFrom } from "./plugin-from.ts";
