// Modules of the user's: plugins and pruners that stand in no table here. Apart, since who converts needs no simulator.
export { foundIn, guarded, partsOf } from "./foreign-code.ts";
export { loadCompanion, loadModule } from "./load-module.ts";
export type { LoadedModule } from "./load-module.ts";
