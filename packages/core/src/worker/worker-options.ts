import { checkOptions, isObject, isText, VlaPrunerError } from "@vla-pruner/format";
import type { DraftOptions } from "../drafts/draft-options.ts";
import { findModule } from "../modules/find-module.ts";
import { locateModule } from "../modules/load-module.ts";
import { splitExport } from "../modules/split-export.ts";
import { PRUNERS } from "../pruners/pruner-by-name.ts";
import type { PrunerOptions } from "../pruners/pruner-options.ts";
import { PRETRAINED_OPTIONS } from "../transformers/pretrained-options.ts";
import type { PretrainedOptions } from "../transformers/pretrained-options.ts";
import type { ModuleSetup, PrunerSetup, WorkerSetup } from "./messages.ts";

/**
 * A module by its path or package name, `#export` behind it where it is not the usual one: functions cannot cross to a
 * worker. Paths are relative to the working folder; `new URL("./mine.ts", import.meta.url)` is relative to your file.
 */
export type ModuleName =
  | string
  | URL
  | { readonly module: string | URL; readonly options?: Readonly<Record<string, unknown>> };

/** A pruner by its name, or `MODULE#export`, and its options. */
export type PrunerChoice = string | ({ readonly name: string | URL } & Partial<PrunerOptions>);

/** What a worker is told once; the same as `loadPolicy` is, in names. */
export interface PolicyWorkerOptions extends PretrainedOptions {
  /** Modules that export `plugin`: `["@vla-pruner/plugin-openvla-oft"]`. */
  readonly plugins: readonly ModuleName[];
  /** Share of the visual tokens that the `recommended` pruner keeps. Without it and without `pruner`, nothing is pruned. */
  readonly retention?: number;
  /** In place of `retention`: `{ name: "vla-pruner", retention: 0.25, window: 2 }`. */
  readonly pruner?: PrunerChoice;
  /** Modules that export `middleware`, an object of stages or a function that returns one. */
  readonly middleware?: readonly ModuleName[];
  readonly cameras?: Readonly<Record<string, string>>;
  readonly drafts?: boolean | DraftOptions;
  /** Whether the tokens of a call are chosen by what the call before showed. Default false. */
  readonly selectAhead?: boolean;
  /**
   * `thread` (default): frames are moved, not copied, but what kills the native runtime kills this process, too.
   * `process`: a crash stays in there, and a run that never ends can be killed; frames are copied through a pipe.
   */
  readonly isolation?: "thread" | "process";
  /** Environment variables of a `process`, beside this one's: `{ CUDA_VISIBLE_DEVICES: "1" }`. */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * `transfer` (default): `act` takes pixels over, and your array is empty from then on, unless it is a part of a larger
   * buffer, which is copied. `copy`: your arrays stay yours.
   */
  readonly frames?: "transfer" | "copy";
  /**
   * What happens to calls of one episode that wait while another is under way. `newest` (default): only the last stays,
   * the ones before it fail with `superseded`. `all`: each has its turn, as in a policy of this thread.
   */
  readonly waiting?: "newest" | "all";
  /** Milliseconds from the call to the action, for every call that names none. Default: no limit. */
  readonly deadline?: number;
  /** Called when the worker ends by itself; its calls fail with the same error. */
  readonly onLost?: (error: VlaPrunerError) => void;
}

const OWN: readonly string[] = [
  "plugins",
  "retention",
  "pruner",
  "middleware",
  "cameras",
  "drafts",
  "selectAhead",
  "isolation",
  "env",
  "frames",
  "waiting",
  "deadline",
  "onLost",
];

/**
 * Checks what can be checked on this side, and finds the modules.
 *
 * @throws `invalid-option`, `plugin-invalid`
 */
export function setupOf(model: string, options: PolicyWorkerOptions): WorkerSetup {
  checkOptions("policyWorker", options, [...OWN, ...PRETRAINED_OPTIONS], { adapter: "plugins: [...]" });
  if (!isText(model)) throw invalid("a model directory or a Hub id", typeof model);
  if (!Array.isArray(options.plugins))
    throw invalid("plugins: an array of module names", typeof options.plugins);
  oneOf(options, "isolation", "thread", "process");
  oneOf(options, "frames", "transfer", "copy");
  oneOf(options, "waiting", "newest", "all");
  if (options.env !== undefined && options.isolation !== "process")
    throw invalid('isolation: "process" with env: a thread has no environment of its own', "a thread");
  if (options.deadline !== undefined) checkDeadline(options.deadline);
  const {
    plugins,
    middleware = [],
    cameras = {},
    drafts = false,
    selectAhead = false,
    retention,
    pruner,
    progress_callback,
    ...rest
  } = options;
  if (pruner !== undefined && retention !== undefined)
    throw invalid("retention, which means the recommended pruner, or a pruner of your own", "both");
  const recommended = retention === undefined ? null : { name: "recommended", options: { retention } };
  const names = PRETRAINED_OPTIONS.filter((name) => name !== "progress_callback");
  const pretrained = Object.fromEntries(
    Object.entries(rest).filter(([name]) => names.includes(name as never)),
  );
  return {
    model,
    pretrained,
    plugins: plugins.map(moduleSetup),
    middleware: middleware.map(moduleSetup),
    pruner: pruner === undefined ? recommended : prunerSetup(pruner),
    cameras,
    drafts,
    selectAhead,
    progress: progress_callback !== undefined,
  };
}

/** @throws `invalid-option`, `plugin-invalid` for a module that is not there */
export function prunerSetup(choice: PrunerChoice): PrunerSetup {
  const { name, ...options } = typeof choice === "string" ? { name: choice } : choice;
  const text = String(name);
  const [path, exported] = splitExport(text, "");
  const own = !Object.hasOwn(PRUNERS, text) && (/[#/\\]/u.test(text) || findModule(text) !== null);
  if (!own) return { name: text, options };
  const { href } = locateModule(path);
  return { name: exported === "" ? href : `${href}#${exported}`, options };
}

/** @throws `invalid-option` */
export function checkDeadline(deadline: number): void {
  if (Number.isFinite(deadline) && deadline > 0) return;
  throw invalid("deadline: milliseconds, more than 0", String(deadline));
}

function moduleSetup(choice: ModuleName): ModuleSetup {
  const { module, options = {} } =
    typeof choice === "string" || choice instanceof URL ? { module: choice } : choice;
  if (!isText(module) && !(module instanceof URL))
    throw invalid("a module's name: functions cannot cross to a worker", describe(choice));
  const name = String(module);
  return { name, url: locateModule(splitExport(name, "")[0]).href, options };
}

function describe(value: unknown): string {
  return isObject(value) ? `an object of ${Object.keys(value).join(", ")}` : typeof value;
}

function oneOf(
  options: PolicyWorkerOptions,
  name: "isolation" | "frames" | "waiting",
  ...choices: readonly string[]
): void {
  const value: unknown = options[name];
  if (value !== undefined && !choices.some((choice) => choice === value))
    throw invalid(`${name}: ${choices.join(" or ")}`, JSON.stringify(value));
}

function invalid(expected: string, found: string): VlaPrunerError {
  return new VlaPrunerError("invalid-option", {
    expected,
    found,
    fix: "correct the options of policyWorker",
  });
}
