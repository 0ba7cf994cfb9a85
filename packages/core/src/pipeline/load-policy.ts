import { checkOptions, VlaPrunerError } from "@vla-pruner/format";
import { createPolicy } from "../container/create-policy.ts";
import type { PolicyParts } from "../container/create-policy.ts";
import { pickOptions } from "../pick-options.ts";
import type { Policy } from "../policy/policy.ts";
import { keepAll } from "../pruners/keep-all.ts";
import { recommended } from "../pruners/recommended.ts";
import type { TokenPruner } from "../token-pruner.ts";
import { PRETRAINED_OPTIONS } from "../transformers/pretrained-options.ts";
import type { PretrainedOptions } from "../transformers/pretrained-options.ts";
import { VlaModel } from "../transformers/vla-model.ts";
import type { VlaPlugin } from "../vla-plugin.ts";
import { callablePolicy } from "./callable-policy.ts";
import type { VlaPipeline } from "./types.ts";

/** Parts of a policy that are handed on as they are. */
const PARTS = ["middleware", "cameras", "drafts", "selectAhead", "episodeGap"] as const;

export interface LoadPolicyOptions extends PretrainedOptions, Pick<PolicyParts, (typeof PARTS)[number]> {
  /** Plugins to choose from, by the model's architecture: `[openvla()]`. */
  readonly plugins: readonly VlaPlugin[];
  /** Share of the visual tokens that the `recommended` pruner keeps. Without it and without `pruner`, nothing is pruned. */
  readonly retention?: number;
  /** Any pruner, in place of `retention`. */
  readonly pruner?: TokenPruner;
}

const OPTIONS = ["plugins", "retention", "pruner", ...PARTS, ...PRETRAINED_OPTIONS];

/**
 * Loads a model and gives a callable policy.
 *
 * @param model a model directory, a Hugging Face Hub id, or a model that is loaded already
 * @throws `model-missing`, `model-invalid`, `unknown-architecture`, `invalid-option`
 */
export async function vlaPipeline(
  model: string | VlaModel,
  options: LoadPolicyOptions,
): Promise<VlaPipeline> {
  return callablePolicy(await loadPolicy(model, options));
}

/**
 * Loads a model and composes the policy, for those who start their own episodes. Disposing the policy frees what was
 * loaded here, not a model that was given: several policies may run on one.
 *
 * @throws as `vlaPipeline`
 */
export async function loadPolicy(model: string | VlaModel, options: LoadPolicyOptions): Promise<Policy> {
  checkOptions("loadPolicy", options, OPTIONS, { adapter: "plugins: [...]" });
  const { plugins, retention, pruner } = options ?? {};
  if (!Array.isArray(plugins)) throw noPlugins(plugins);
  const pretrained = pickOptions(options, PRETRAINED_OPTIONS);
  if (typeof model !== "string") checkOptions("loadPolicy on a loaded model", pretrained, []);
  if (pruner !== undefined && retention !== undefined) throw twoPruners(pruner.name);
  const chosen = pruner ?? (retention === undefined ? keepAll() : recommended({ retention }));
  const loaded = typeof model === "string" ? await VlaModel.from_pretrained(model, pretrained) : model;
  const dispose = async (): Promise<void> => (model === loaded ? undefined : loaded.dispose());
  try {
    return createPolicy({
      adapter: pluginOf(loaded.vla.architecture, plugins).createAdapter(loaded),
      pruner: chosen,
      ...pickOptions(options, PARTS),
      dispose,
    });
  } catch (error) {
    await dispose();
    throw error;
  }
}

function pluginOf(architecture: string, plugins: readonly VlaPlugin[]): VlaPlugin {
  const plugin = plugins.find((candidate) => candidate.architecture === architecture);
  if (plugin !== undefined) return plugin;
  throw new VlaPrunerError("unknown-architecture", {
    expected: `a model whose architecture one of the plugins serves: ${plugins.map((known) => known.architecture).join(", ") || "none given"}`,
    found: architecture,
    fix: `pass the plugin for ${architecture} in plugins`,
  });
}

function noPlugins(found: unknown): VlaPrunerError {
  return new VlaPrunerError("invalid-option", {
    expected: "plugins: an array of plugins to choose from",
    found: found === undefined ? "none" : typeof found,
    fix: "pass plugins: [openvla()], or the plugin of your model",
  });
}

function twoPruners(name: string): VlaPrunerError {
  return new VlaPrunerError("invalid-option", {
    expected: "retention, which means the recommended pruner, or a pruner of your own",
    found: `both, the pruner is ${name}`,
    fix: "leave retention out; the pruner has its own",
  });
}
