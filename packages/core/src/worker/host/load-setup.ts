import { isObject, VlaPrunerError } from "@vla-pruner/format";
import type { StageMiddleware } from "../../middleware/stage-middleware.ts";
import { prunerNamed } from "../../modules/chosen-pruner.ts";
import { foundIn, guarded, partsOf } from "../../modules/foreign-code.ts";
import { importFrom } from "../../modules/load-module.ts";
import { pluginFrom } from "../../modules/plugin-from.ts";
import { splitExport } from "../../modules/split-export.ts";
import { loadPolicy } from "../../pipeline/load-policy.ts";
import type { Policy } from "../../policy/policy.ts";
import { PRUNERS } from "../../pruners/pruner-by-name.ts";
import type { PrunerOptions } from "../../pruners/pruner-options.ts";
import type { TokenPruner } from "../../token-pruner.ts";
import type { ModuleSetup, PrunerSetup, WorkerSetup } from "../messages.ts";

/**
 * The policy of a setup. What is wrong with plugins, pruner or middleware is told before the model loads.
 *
 * @throws as `loadPolicy`, `plugin-invalid`
 */
export async function loadSetup(setup: WorkerSetup, report: (info: unknown) => void): Promise<Policy> {
  const plugins = await Promise.all(
    setup.plugins.map(async ({ url, name, options }) =>
      pluginFrom(await importFrom(new URL(url), name), name, options),
    ),
  );
  const middleware = await Promise.all(setup.middleware.map(middlewareOf));
  return loadPolicy(setup.model, {
    ...setup.pretrained,
    ...(setup.progress && { progress_callback: report }),
    plugins,
    middleware,
    cameras: setup.cameras,
    drafts: setup.drafts,
    selectAhead: setup.selectAhead,
    ...(setup.pruner && { pruner: await prunerOf(setup.pruner) }),
  });
}

/** @throws `invalid-option`, `plugin-invalid` */
export async function prunerOf({ name, options }: PrunerSetup): Promise<TokenPruner> {
  const { retention: _retention, seed: _seed, ...others } = options;
  const chosen = await prunerNamed(name, PRUNERS);
  chosen.check(others);
  return chosen.make(options as PrunerOptions); // It refuses a retention that is missing.
}

async function middlewareOf({ url, name, options }: ModuleSetup): Promise<StageMiddleware> {
  const [, wanted] = splitExport(name, "middleware");
  const module = await importFrom(new URL(url), name);
  const value = Object.hasOwn(module, wanted) ? module[wanted] : undefined;
  const made =
    typeof value === "function"
      ? guarded(`a middleware from ${name}`, "correct the module", () => value(options) as unknown)
      : value;
  if (isObject(made)) return made;
  throw new VlaPrunerError("plugin-invalid", {
    expected: `${name} to give a middleware: an object of stages, or a function that returns one`,
    found: value === undefined ? foundIn(module, wanted) : partsOf(made),
    fix: "correct the module",
  });
}
