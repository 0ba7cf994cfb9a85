// Modules of the user's: plugins and pruners that stand in no table here. Apart, since who converts needs no simulator.
export { exportsOf, loadCompanion, loadModule } from "./load-module.ts";
export type { LoadedModule } from "./load-module.ts";
